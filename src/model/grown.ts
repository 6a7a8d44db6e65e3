/** Columns of numbers grow as lists do: into twice the room, so that each number is moved a few times at most. */

/** `to`, which is larger, begins with what `from` holds. */
export function grown<Column extends Float64Array | Int32Array | Uint32Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from)
  return to
}
