"""What the compiler must know of vectors (`sim.core.vectors`): types, and machine code.

Functions that end here in `build` are for numba's `intrinsic`: they say of which types a call is,
and write its code.
"""

# mypy: disable-error-code="no-untyped-call, untyped-decorator"

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

from sim.core.lanes import VECTOR

CACHE_LINE, _NUMBER = 64, 8  # bytes
OTHER_ORDER = "rows become vectors where a table has the order of C alone"


class _Numbers(types.Type):
    """A vector of floats, of whole numbers or of truths."""

    def __init__(self, of: Any) -> None:
        super().__init__(name=f"vector({of})")
        self.of = of


class _LaneType(types.Type):
    """A lane, which is known by where it begins, and what one of its items is."""

    def __init__(self, of: Any) -> None:
        super().__init__(name=f"lane({of})")
        self.of = of


FLOATS, WHOLES = _Numbers(types.float64), _Numbers(types.int64)
TRUTHS = _Numbers(types.boolean)
LANE, ROW = _LaneType(FLOATS), _LaneType(types.float64)
_ELEMENTS = {
    types.float64: ir.DoubleType(), types.int64: ir.IntType(64), types.boolean: ir.IntType(1),
}  # fmt: skip
_FLOATS_IR = ir.VectorType(ir.DoubleType(), VECTOR)


@register_model(_Numbers)
class _NumbersModel(models.PrimitiveModel):
    def __init__(self, manager: Any, numbers: Any) -> None:
        super().__init__(manager, numbers, ir.VectorType(_ELEMENTS[numbers.of], VECTOR))


@register_model(_LaneType)
class _LaneModel(models.PrimitiveModel):
    def __init__(self, manager: Any, lane: Any) -> None:
        super().__init__(manager, lane, ir.DoubleType().as_pointer())


def repeated(builder: Any, value: Any) -> Any:
    """Return a number as a vector; a vector as it is."""
    if isinstance(value.type, ir.VectorType):
        return value
    vector = ir.Constant(ir.VectorType(value.type, VECTOR), ir.Undefined)
    zero = ir.IntType(32)(0)
    first = builder.insert_element(vector, value, zero)
    mask = ir.Constant(ir.VectorType(ir.IntType(32), VECTOR), [0] * VECTOR)
    return builder.shuffle_vector(first, vector, mask)


def _define(what: Any, of: Any, build: Callable[[Any, Any, Any], Any], gives: Any) -> None:
    """Let an operator take vectors of a kind, and such a vector and a number."""

    @infer_global(what)
    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002
            if len(args) != 2 or of not in args:
                return None
            if not all(one == of or isinstance(one, types.Number) for one in args):
                return None
            return signature(gives, *(one if one == of else of.of for one in args))

    def lowered(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
        return build(builder, *(repeated(builder, one) for one in args))

    for left, right in ((of, of), (of, of.of), (of.of, of)):
        lower_builtin(what, left, right)(lowered)


_ARITHMETIC: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add": lambda builder, x, y: builder.fadd(x, y),
    "sub": lambda builder, x, y: builder.fsub(x, y),
    "mul": lambda builder, x, y: builder.fmul(x, y),
    "truediv": lambda builder, x, y: builder.fdiv(x, y),
}
_WHOLE: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add": lambda builder, x, y: builder.add(x, y),
    "sub": lambda builder, x, y: builder.sub(x, y),
    "lshift": lambda builder, x, y: builder.shl(x, y),
    "rshift": lambda builder, x, y: builder.ashr(x, y),
}
_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=="}


def _compared(sign: str) -> Callable[[Any, Any, Any], Any]:
    return lambda builder, x, y: builder.fcmp_ordered(sign, x, y)


for _name, _build in _ARITHMETIC.items():
    _define(getattr(operator, _name), FLOATS, _build, FLOATS)
    _define(getattr(operator, f"i{_name}"), FLOATS, _build, FLOATS)
for _name, _build in _WHOLE.items():
    _define(getattr(operator, _name), WHOLES, _build, WHOLES)
for _name, _sign in _SIGNS.items():
    _define(getattr(operator, _name), FLOATS, _compared(_sign), TRUTHS)
_define(operator.ne, FLOATS, lambda builder, x, y: builder.fcmp_unordered("!=", x, y), TRUTHS)
_define(operator.and_, TRUTHS, lambda builder, x, y: builder.and_(x, y), TRUTHS)


@infer_global(operator.neg)
class _Negative(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002
        return signature(FLOATS, FLOATS) if args == (FLOATS,) else None


@lower_builtin(operator.neg, FLOATS)
def _negative(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
    return builder.fneg(args[0])


@infer_global(operator.getitem)
class _Reading(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002
        return signature(args[0].of, args[0], types.intp) if args[0] in (LANE, ROW) else None


@infer_global(operator.setitem)
class _Writing(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002
        if args[0] not in (LANE, ROW):
            return None
        value = FLOATS if args[2] == FLOATS else types.float64
        return signature(types.none, args[0], types.intp, value)


@lower_builtin(operator.getitem, LANE, types.intp)
def _read(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
    return builder.load(_place_of(builder, *args), align=CACHE_LINE, typ=_FLOATS_IR)


@lower_builtin(operator.getitem, ROW, types.intp)
def _read_one(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
    place = builder.gep(args[0], [args[1]], source_etype=ir.DoubleType())
    return builder.load(place, typ=ir.DoubleType())


@lower_builtin(operator.setitem, LANE, types.intp, FLOATS)
@lower_builtin(operator.setitem, LANE, types.intp, types.float64)
def _write(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
    lane, i, value = args
    builder.store(repeated(builder, value), _place_of(builder, lane, i), align=CACHE_LINE)
    return context.get_dummy_value()


@lower_builtin(operator.setitem, ROW, types.intp, types.float64)
def _write_one(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
    builder.store(args[2], builder.gep(args[0], [args[1]], source_etype=ir.DoubleType()))
    return context.get_dummy_value()


def _place_of(builder: Any, lane: Any, i: Any) -> Any:
    at = builder.mul(i, i.type(VECTOR))
    place = builder.gep(lane, [at], source_etype=ir.DoubleType())
    return builder.bitcast(place, _FLOATS_IR.as_pointer())


# ---------------------------------------------------------------- functions


def beginning(kind: Any) -> Any:
    """Return what makes a lane, or a row, of a room from its `first` vector on."""

    def begin(typing_context: Any, room: Any, first: Any) -> Any:  # noqa: ARG001
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            at = builder.mul(arguments[1], arguments[1].type(VECTOR))
            return builder.gep(array.data, [at], source_etype=ir.DoubleType())

        return signature(kind, room, types.intp), build

    return begin


def several(record: Any, one: Any) -> Any:
    """Return what makes a record of lanes or rows, `size` vectors each, from the `first` on."""

    def begin(typing_context: Any, room: Any, first: Any, size: Any) -> Any:  # noqa: ARG001
        kind = types.NamedUniTuple(one, len(record._fields), record)

        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = _data(context, builder, signature.args[0], arguments[0])
            _, first, size = arguments
            lanes = []
            for k in range(len(record._fields)):
                vector = builder.add(first, builder.mul(size, size.type(k)))
                at = builder.mul(vector, vector.type(VECTOR))
                lanes.append(builder.gep(data, [at], source_etype=ir.DoubleType()))
            return context.make_tuple(builder, kind, lanes)

        return signature(kind, room, types.intp, types.intp), build

    return begin


def called(builder: Any, name: str, arguments: Any) -> Any:
    """Call one of the compiler's own functions, on vectors or numbers."""
    kind = arguments[0].type
    suffix = f"v{VECTOR}f64" if isinstance(kind, ir.VectorType) else "f64"
    known = ir.FunctionType(kind, [kind] * len(arguments))
    function = cgutils.get_or_insert_function(builder.module, known, f"llvm.{name}.{suffix}")
    return builder.call(function, arguments)


def whole_below(typing_context: Any, x: Any) -> Any:  # noqa: ARG001
    """Round down to whole numbers."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return called(builder, "floor", arguments)

    kind = FLOATS if x == FLOATS else types.float64
    return signature(kind, kind), build


def either(typing_context: Any, condition: Any, yes: Any, no: Any) -> Any:  # noqa: ARG001
    """Take one of two by condition."""
    of_vectors = FLOATS in (yes, no) or condition == TRUTHS

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        truth, *both = arguments
        if of_vectors:
            both = [repeated(builder, one) for one in both]
        return builder.select(truth, *both)

    kinds = [one if one == FLOATS else types.float64 for one in (yes, no)]
    return signature(FLOATS if of_vectors else types.float64, condition, *kinds), build


def _transposed(builder: Any, rows: list[Any]) -> list[Any]:
    """Return the columns of eight vectors, by exchanging ever larger parts of two of them."""
    for width in (1, 2, 4):
        low = [k + (VECTOR - width if k & width else 0) for k in range(VECTOR)]
        pairs = [(k, k + width) for k in range(VECTOR) if not k & width]
        mixed = list(rows)
        for k, other in pairs:
            for to, plus in ((k, 0), (other, width)):
                mask = ir.Constant(
                    ir.VectorType(ir.IntType(32), VECTOR), [place + plus for place in low]
                )
                mixed[to] = builder.shuffle_vector(rows[k], rows[other], mask)
        rows = mixed
    return rows


def _in_order(values: Any) -> Any:
    """Return the type of the numbers of a table; rows are found only in the order of C."""
    if values.layout != "C":
        raise TypingError(OTHER_ORDER)
    return _ELEMENTS[values.dtype]


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _places(builder: Any, data: Any, at: Any, step: Any, element: Any, most: Any) -> list[Any]:
    """Return where eight rows begin, `step` numbers apart; at `most` the last one counts again."""
    places = []
    for v in range(VECTOR):
        number = at.type(v)
        if most is not None:
            inside = builder.icmp_signed("<", number, most)
            number = builder.select(inside, number, builder.sub(most, most.type(1)))
        offset = builder.add(at, builder.mul(number, step))
        place = builder.gep(data, [offset], source_etype=element)
        places.append(builder.bitcast(place, ir.VectorType(element, VECTOR).as_pointer()))
    return places


def rows_to_lane(
    typing_context: Any,  # noqa: ARG001
    room: Any, first: Any, values: Any, at: Any, step: Any, count: Any,  # noqa: ARG001
) -> Any:  # fmt: skip
    """Read rows of a table as columns, each a vector."""
    element = _in_order(values)

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        room, first, values, at, step, count = arguments
        data = _data(context, builder, signature.args[2], values)
        places = _places(builder, data, at, step, element, count)
        kind = ir.VectorType(element, VECTOR)
        rows = [builder.load(place, align=_NUMBER, typ=kind) for place in places]
        if kind != _FLOATS_IR:
            rows = [builder.sitofp(one, _FLOATS_IR) for one in rows]
        to = _data(context, builder, signature.args[0], room)
        for k, column in enumerate(_transposed(builder, rows)):
            place = _place_of(builder, to, builder.add(first, first.type(k)))
            builder.store(column, place, align=CACHE_LINE)
        return context.get_dummy_value()

    places = (types.intp,) * 3
    return types.none(room, types.intp, values, *places), build


def lane_to_rows(
    typing_context: Any,  # noqa: ARG001
    room: Any, first: Any, values: Any, at: Any, step: Any,  # noqa: ARG001
) -> Any:  # fmt: skip
    """Write vectors as columns of a table's rows."""
    element = _in_order(values)

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        room, first, values, at, step = arguments
        source = _data(context, builder, signature.args[0], room)
        columns = [
            builder.load(
                _place_of(builder, source, builder.add(first, first.type(k))), align=CACHE_LINE,
                typ=_FLOATS_IR,
            )
            for k in range(VECTOR)
        ]  # fmt: skip
        data = _data(context, builder, signature.args[2], values)
        kind = ir.VectorType(element, VECTOR)
        places = _places(builder, data, at, step, element, None)
        for one, place in zip(_transposed(builder, columns), places, strict=True):
            whole = one if kind == _FLOATS_IR else builder.fptosi(one, kind)
            builder.store(whole, place, align=_NUMBER)
        return context.get_dummy_value()

    return types.none(room, types.intp, values, types.intp, types.intp), build


def nothing(typing_context: Any, x: Any) -> Any:  # noqa: ARG001
    """Give a zero like x."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return ir.Constant(arguments[0].type, None)

    kind = FLOATS if x == FLOATS else types.float64
    return signature(kind, kind), build


def repeat(typing_context: Any, x: Any) -> Any:  # noqa: ARG001
    """Make a vector of a number."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return repeated(builder, arguments[0])

    return signature(FLOATS, types.float64), build
