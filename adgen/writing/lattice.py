"""All the ads that a product's pieces allow, walked token by token.

An ad is a row of pieces, each said once: brand, short pieces, the name, and behind it the others,
after a comma, in brackets, or beginning with a joint of their own ("for Women"). Where a dash or
brackets would cut a list in two, or "for" belong to another fact than the product, they do not
stand: only behind the name and at the end. A walk knows which tokens may come next; whatever a
model chooses among them, the ad says nothing else, says all that it must, fits the length, and can
end only where a piece does. The module knows token ids and texts, no models.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from adgen.writing.neighbours import any_clash, forms_before_name
from adgen.writing.piece import Piece
from adgen.writing.room import SEPARATED, needed, with_room
from adgen.writing.tries import Node, trie_of
from adgen.writing.vocabulary import Vocabulary


@dataclass(frozen=True)
class Joint:
    """Describes what may stand between two pieces.

    Attributes:
        text: What is written; the next piece follows with a space, behind a bracket without.
        opens: Whether a bracket is open after it.
        closes: Whether it closes one.
    """

    text: str
    opens: bool = False
    closes: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """Returns what of it an ad may hold only once: a dash, a bracket."""
        return frozenset(self.text) & frozenset("-(")


_CLOSING = Joint(")", closes=True)  # after which nothing need follow
JOINTS = (
    Joint(","),
    Joint(" -"),
    Joint(" (", opens=True),
    Joint("),", closes=True),
    _CLOSING,
)
_MOST_BEFORE = 2  # pieces between brand and name


@dataclass(frozen=True)
class _Rest:
    """Holds where a walk is when a piece or a joint is complete.

    Attributes:
        used: The pieces said so far, a bit each.
        chars: Characters so far.
        is_open: Whether a bracket is open.
        joint: The joint just written; None behind a piece.
        spent: What joints may hold no more.
        is_after_number: Whether the piece ends in a digit: then what follows must not be read with
            it, as in "SPF 30 - 8 oz" or "SPF 30 Day Cream".
        is_at_name: Whether it is the name that was said last, or brackets closed: then "for
            Running" is of the product, and not of another fact as in "Foldable for Running".
    """

    used: int = 0
    chars: int = 0
    is_open: bool = False
    joint: Joint | None = None
    spent: frozenset[str] = frozenset()
    is_after_number: bool = False
    is_at_name: bool = False


@dataclass(frozen=True)
class _Way:
    """Holds a piece or a joint that is being written.

    Attributes:
        node: Where in its tree.
        budget: Characters that it may have.
        start: Where it began.
        piece: The number of the piece; negative for a joint.
        joint: The joint; None for a piece.
    """

    node: Node
    budget: int
    start: _Rest
    piece: int = -1
    joint: Joint | None = None


class JointTries:
    """Holds the trees of all joints for one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        token_ids = vocabulary.encode([joint.text for joint in JOINTS])
        self.roots: list[tuple[Joint, Node]] = [
            (joint, trie_of([joint.text], [ids]))
            for joint, ids in zip(JOINTS, token_ids, strict=True)
        ]


class Lattice:
    """Holds the pieces of one product as trees.

    Args:
        pieces: What the ad may say.
        vocabulary: The model's.
        joints: From `JointTries`.
        max_chars: Characters of an ad at most; pieces that have no room are dropped from the end.

    Raises:
        ValueError: No piece has room.

    Attributes:
        pieces: Those that the ad says.
        dropped: Those that had no room.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        vocabulary: Vocabulary,
        joints: JointTries,
        *,
        max_chars: int = 1 << 20,
    ) -> None:
        self.pieces, self.dropped = with_room(pieces, max_chars)
        self._leaders = _bits(piece.leads for piece in self.pieces)
        self._names = _bits(piece.is_name for piece in self.pieces)
        self._joining = _bits(piece.joins for piece in self.pieces)
        # The facts that come before each one behind the name.
        self._earlier = [
            _bits(_is_earlier(other, piece) for other in self.pieces) for piece in self.pieces
        ]
        self._owners = _bits(piece.is_owner for piece in self.pieces)
        self._preceding = _bits(piece.precedes for piece in self.pieces)
        self._quantities = _bits(piece.is_quantity for piece in self.pieces)
        self._joints = joints.roots
        self._max_chars = max_chars
        self._all = (1 << len(self.pieces)) - 1
        self.end_id = vocabulary.end_id
        # Every form once, as it begins an ad or stands in brackets, and once behind a space.
        forms = [form for piece in self.pieces for form in piece.forms]
        texts = [*forms, *(f" {form}" for form in forms)]
        ids_of = dict(zip(texts, vocabulary.encode(texts), strict=True))

        def tries(forms: Iterable[Sequence[str]], before: str = "") -> list[Node]:
            of_pieces = ([before + form for form in of_piece] for of_piece in forms)
            return [trie_of(texts, [ids_of[text] for text in texts]) for texts in of_pieces]

        before = forms_before_name(self.pieces)
        self._first = tries(before)
        self._before = tries(before, " ")
        # The pieces that none may follow directly before the name, by the one that would.
        self._clashing = [_bits(any_clash(other, forms) for other in before) for forms in before]
        self._glued = tries(piece.behind for piece in self.pieces)
        self._spaced = tries((piece.behind for piece in self.pieces), " ")
        self._joined = tries((piece.joining for piece in self.pieces), " ")
        self._shortest = list(map(needed, self.pieces))

    def walk(self) -> Walk:
        """Returns a walk that has not begun."""
        return Walk(self)

    def ways_from(self, rest: _Rest) -> list[_Way]:
        """Returns what may be written next."""
        is_behind = self._is_named(rest.used) and rest.joint is None
        if is_behind:  # nothing follows without a joint but what begins with one
            roots = self._joined
        elif rest.joint is not None:
            roots = self._glued if rest.joint.opens else self._spaced
        else:
            roots = self._before if rest.chars else self._first
        ways = []
        addable = []
        for number, root in enumerate(roots):
            if rest.used >> number & 1 or not self._may_follow(rest, number):
                continue
            piece = self.pieces[number]
            addable.append(piece)
            room = self._max_chars - rest.chars - self._reserve(rest.used | 1 << number, rest)
            if root.shortest <= room and (not is_behind or rest.is_at_name):
                ways.append(_Way(root, room, rest, piece=number))
        if not is_behind:
            return ways
        makers = [way for way in ways if self.pieces[way.piece].is_maker]
        return makers or ways + self._joints_from(rest, addable)

    def may_end(self, rest: _Rest) -> bool:
        """Tells whether the ad may end there."""
        return rest.used == self._all and not rest.is_open and rest.joint is None

    def arrive(self, way: _Way, node: Node) -> _Rest:
        """Returns where a walk is when its piece or joint has ended at a node."""
        start = way.start
        chars = node.ends or 0
        if way.joint is None:
            piece = self.pieces[way.piece]
            return _Rest(
                start.used | 1 << way.piece,
                start.chars + chars,
                start.is_open,
                # Behind a name that ends in brackets are no others.
                spent=start.spent | ({"("} if piece.ends_in_bracket else frozenset()),
                is_after_number=node.ends_in_number and not piece.leads,
                is_at_name=piece.is_name and not piece.has_joints,
            )
        is_open = way.joint.opens or (start.is_open and not way.joint.closes)
        is_closed = way.joint is _CLOSING
        return _Rest(
            start.used,
            start.chars + chars,
            is_open,
            None if is_closed else way.joint,
            start.spent | way.joint.kinds,
            is_at_name=is_closed,
        )

    def _joints_from(self, rest: _Rest, addable: Sequence[Piece]) -> list[_Way]:
        """Returns the joints that may follow a piece, given the pieces that may come next."""
        ways = []
        # What is still to be said, and a bracket that is still to be closed, must have room behind.
        room = self._max_chars - rest.chars - self._reserve(rest.used, rest)
        if rest.used != self._all:
            room += len(SEPARATED) - len(" ")  # of which a joint is the first part
        for joint, root in self._joints:
            if joint.closes != rest.is_open and (joint.closes or joint.opens):
                continue
            is_open = joint.opens or (rest.is_open and not joint.closes)
            goes_on = any(self._may_join(rest.used, joint, is_open, piece) for piece in addable)
            if joint is not _CLOSING and not goes_on:
                continue
            if (joint.kinds and rest.spent) or (rest.is_after_number and joint.text == " -"):
                continue
            if joint.kinds and not rest.is_at_name:
                continue
            limit = room - joint.opens + joint.closes
            if root.shortest <= limit:
                ways.append(_Way(root, limit, rest, joint=joint))
        return ways

    def _may_follow(self, rest: _Rest, number: int) -> bool:
        """Tells whether a piece may be said here."""
        piece = self.pieces[number]
        is_named = self._is_named(rest.used)
        if not is_named and not self._may_precede(rest.used, number):
            return False
        is_listed = is_named and not (rest.is_at_name or rest.is_open)  # not in brackets
        if self._earlier[number] & ~rest.used and (is_listed or piece.is_last):
            return False  # what the product is like before its colour, care behind both
        if rest.chars == 0 and self._leaders and not piece.leads:
            return False
        if not is_named and not (piece.is_name or piece.leads):
            said = rest.used & ~self._leaders
            if piece.is_owner and said & ~self._quantities:
                return False  # "Women's Canvas Shoes", no "Canvas Women's Shoes"
            if piece.is_quantity and said & self._quantities:
                return False  # no "3 Count 12 Ounce Coffee"
            if said & self._clashing[number]:
                return False  # no "Cork White Mat"
            is_first = bool(self._preceding >> number & 1)
            return is_first or said.bit_count() < _MOST_BEFORE
        return rest.joint is None or self._may_join(rest.used, rest.joint, rest.is_open, piece)

    def _may_precede(self, used: int, number: int) -> bool:
        """Tells whether a piece may stand before what must precede the name and is not yet said.

        "Men's" comes first, but for "3-Pack", then "Casual".
        """
        missing = self._preceding & ~used
        piece = self.pieces[number]
        if not missing or piece.leads:
            return True
        if piece.is_quantity:
            return not used & self._preceding
        return bool((missing & self._owners or missing) >> number & 1)

    def _may_join(self, used: int, joint: Joint, is_open: bool, piece: Piece) -> bool:
        """Tells whether a piece may stand right behind a joint, inside brackets or outside.

        "for ..." ends an ad whose name it does not follow.
        """
        if piece.joins:
            is_list = joint.text.endswith(",") and not is_open
            return is_list and used | self._joining == self._all
        return piece.may_stand_in_brackets or not is_open

    def _is_named(self, used: int) -> bool:
        """Tells whether the name was said, which joints and long facts wait for."""
        return used & self._names == self._names

    def _reserve(self, used: int, rest: _Rest) -> int:
        """Returns the characters that must stay free for what is still to be said."""
        missing = [size for number, size in enumerate(self._shortest) if not used >> number & 1]
        return sum(missing) + rest.is_open


class Walk:
    """Goes through a lattice as tokens are chosen.

    Attributes:
        may_end: Whether the ad may end here.
    """

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        self._ways: list[_Way] = []
        self.may_end = False
        self._stand_at([_Rest()])

    def fork(self) -> Walk:
        """Returns a walk that stands where this one does and goes on by itself."""
        return copy(self)

    def allowed(self) -> list[int]:
        """Returns the tokens that may come next, sorted; the end among them where it may."""
        found = {
            token_id
            for way in self._ways
            for token_id, child in way.node.children.items()
            if child.shortest <= way.budget
        }
        if self.may_end:
            found.add(self._lattice.end_id)
        return sorted(found)

    def advance(self, token_id: int) -> None:
        """Goes on with an allowed token that is not the end."""
        going: list[_Way] = []
        rests: list[_Rest] = []
        for way in self._ways:
            child = way.node.children.get(token_id)
            if child is None or child.shortest > way.budget:
                continue
            if child.children:
                going.append(_Way(child, way.budget, way.start, way.piece, way.joint))
            if child.ends is not None and child.ends <= way.budget:
                rests.append(self._lattice.arrive(way, child))
        self._ways = going
        self._stand_at(rests)

    def _stand_at(self, rests: Sequence[_Rest]) -> None:
        self.may_end = any(self._lattice.may_end(rest) for rest in rests)
        for rest in rests:
            self._ways += self._lattice.ways_from(rest)


def _bits(flags: Iterable[bool]) -> int:
    """Returns a number with a bit for each flag, the first the lowest."""
    return sum(1 << number for number, flag in enumerate(flags) if flag)


def _is_earlier(one: Piece, other: Piece) -> bool:
    return one.place < other.place and not (one.joins or other.joins)
