from exits.actions.definitions import define_exit
from exits.actions.rebuild import rebuild_spells

__all__ = ["define_exit", "rebuild_spells"]
