/**
 * Nothing moves under the pointer. While a list is being read (scrolled, hovered or focused) its rows
 * keep their places: what is known changes in place, what is new waits behind a bar, what has left stays.
 * Held rows are let go after a minute without a touch, so that an empty desk sees everything.
 */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'

const IDLE_MS = 60_000

export function useHeld<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  find: (id: string) => Row | undefined,
  /** Other rows are asked for (a filter, a sort): they are shown at once. */
  question: string,
  region: RefObject<HTMLElement | null>,
) {
  const [holding, setHolding] = useState(false)
  const shown = useRef<{ question: string; ids: readonly string[] }>({ question, ids: [] })

  useEffect(() => {
    const element = region.current
    if (!element) return
    let idle: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const judge = () => {
      if (isOver) return
      const scrolled = (element.querySelector('[data-scroll]')?.scrollTop ?? 0) > 4
      const read = scrolled || element.matches(':hover') || element.contains(document.activeElement)
      setHolding(read)
      clearTimeout(idle)
      if (read) idle = setTimeout(() => setHolding(false), IDLE_MS)
    }
    const soon = () => setTimeout(judge) // focus has arrived only after the event
    const names = ['pointerenter', 'pointermove', 'pointerleave', 'focusin', 'focusout', 'keydown'] as const
    for (const name of names) element.addEventListener(name, soon, { passive: true })
    element.addEventListener('scroll', soon, { passive: true, capture: true })
    return () => {
      isOver = true
      clearTimeout(idle)
      for (const name of names) element.removeEventListener(name, soon)
      element.removeEventListener('scroll', soon, { capture: true })
    }
  }, [region])

  const held = holding && shown.current.question === question && shown.current.ids.length > 0
  const kept = held ? shown.current.ids.flatMap((id) => find(id) ?? []) : rows
  const known = held ? new Set(shown.current.ids) : undefined
  const fresh = known ? rows.filter((row) => !known.has(idOf(row))) : []
  if (!held) shown.current = { question, ids: rows.map(idOf) }

  const release = useCallback(() => setHolding(false), [])
  return { rows: kept, fresh, release, holding }
}
