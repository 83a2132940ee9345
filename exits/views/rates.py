from spm import views
from spm.access import Can


class ExitRate(views.TemplateView):
    needs = Can.EXITS_VIEW
    template_name = "exits/exit_rate.html"
    has_chart = True
