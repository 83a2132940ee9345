"""What this app records in the audit trail, in words."""

from django.utils.translation import gettext_lazy as _

from spm import trail
from spm.access import Role

trail.name(
    verbs={
        "import.uploaded": _("File brought in"),
        "import.checked": _("File checked"),
        "import.confirmed": _("Import confirmed"),
        "import.written": _("Import written"),
        "import.refused": _("Import refused"),
        "import.discarded": _("File discarded"),
        "user.added": _("Account made"),
        "role.granted": _("Role granted"),
        "officer.identified": _("Officer identified"),
        "institution.described": _("Institution described"),
    },
    targets={
        "clients.ImportBatch": _("Import"),
        "clients.Membership": _("Role"),
        "clients.Officer": _("Officer"),
        "clients:client-list": _("Clients"),
    },
    details={
        "source": _("file"),
        "sheets": _("sheets"),
        "offices": _("offices"),
        "products": _("products"),
        "officers": _("officers"),
        "groups": _("groups"),
        "clients": _("clients"),
        "loans": _("loans"),
        "repayments": _("repayments"),
        "savings": _("savings"),
        "movements": _("savings movements"),
        "attendance": _("attendance"),
        "read": _("read"),
        "created": _("created"),
        "updated": _("updated"),
        "unchanged": _("unchanged"),
        "rejected": _("rejected"),
        "what": _("what"),
        "unanswered_for_days": _("days without an answer"),
        "username": _("username"),
        "user": _("account"),
        "role": _("role"),
        "office": _("office"),
        "valid_from": _("from"),
        "valid_to": _("to"),
        "name": _("name"),
        "currency": _("currency"),
        "q": _("search"),
        "sex": _("sex"),
        "standing": _("standing"),
        "sort": _("order"),
    },
    values={"role": dict(Role.choices), "what": {"rejected rows": _("rejected rows")}},
)
