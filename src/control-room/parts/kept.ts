/**
 * What is dear to make and the same for all who ask (a formatter, five thousand names by their ids) is made
 * once and shared by every row of a list.
 */

/** By the answer that it is made of, and forgotten with it. */
export function keptWith<Of extends object, Made>(make: (of: Of) => Made): (of: Of) => Made {
  const kept = new WeakMap<Of, Made>()
  return (of) => {
    const known = kept.get(of)
    if (known !== undefined) return known
    const made = make(of)
    kept.set(of, made)
    return made
  }
}

/** By a word or a number of which there are few: a language, a unit, a count of digits. */
export function kept<Of extends string | number, Made>(make: (of: Of) => Made): (of: Of) => Made {
  const all = new Map<Of, Made>()
  return (of) => {
    const known = all.get(of)
    if (known !== undefined) return known
    const made = make(of)
    all.set(of, made)
    return made
  }
}
