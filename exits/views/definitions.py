from exits.models import ExitDefinition
from spm import views
from spm.access import Can


class DefinitionList(views.ListView):
    needs = Can.EXITS_VIEW
    model = ExitDefinition


class DefinitionAdd(views.FormView):
    needs = Can.EXITS_DEFINE
