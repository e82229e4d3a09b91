"""The two types of fields, as the API and the pages call them."""

from enum import StrEnum


class CollectionType(StrEnum):
    """The two groups that a collection's fields fall into."""

    PERFORMANCE = "Performance"
    CONFIGURATION = "Configuration"

    @classmethod
    def from_word(cls, word: str) -> "CollectionType | None":
        """Return the type that `word` names in any letter case, as in a URL; None if there is none."""
        return _COLLECTION_TYPES.get(word.lower())


_COLLECTION_TYPES = {member.value.lower(): member for member in CollectionType}
