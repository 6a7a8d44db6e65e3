/** Every view is a link: filters, ranges and what is selected live in the address. */
import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

export type Change = Readonly<Record<string, string | undefined>>

function changed(before: URLSearchParams, to: Change): URLSearchParams {
  const after = new URLSearchParams(before)
  for (const [name, value] of Object.entries(to)) {
    if (value) after.set(name, value)
    else after.delete(name)
  }
  return after
}

export function useAddress() {
  const [asked, setAsked] = useSearchParams()
  /** What is chosen is a step that `back` undoes; what is typed is not. */
  const change = useCallback(
    (to: Change, replace = false) => {
      // What was changed a moment ago stands in the window's address before it is drawn
      const before = new URLSearchParams(window.location.search)
      const after = changed(before, to)
      // Escape where nothing is open is no step either
      if (after.toString() !== before.toString()) setAsked(after, { replace })
    },
    [setAsked],
  )
  /** The same view with some of it changed, for a link. */
  const link = (to: Change): string => `?${changed(asked, to)}`
  return { asked, change, link }
}
