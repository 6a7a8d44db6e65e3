/** What was typed into a filter: each of its words must stand somewhere, in whatever order and case. */
export function finds(typed: string | null): (...texts: readonly string[]) => boolean {
  const words = (typed ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return () => true
  return (...texts) => {
    const text = texts.join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  }
}
