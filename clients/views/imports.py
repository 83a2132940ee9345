from clients.models import ImportBatch
from spm import views
from spm.access import Can


class ImportList(views.ListView):
    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch


class ImportUpload(views.FormView):
    needs = Can.PORTFOLIO_IMPORT


class ImportDetail(views.DetailView):
    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch


class ImportConfirm(views.DetailView):
    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    http_method_names = ["post"]


class ImportDiscard(views.DetailView):
    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
    http_method_names = ["post"]


class ImportRejected(views.DetailView):
    needs = Can.PORTFOLIO_IMPORT
    model = ImportBatch
