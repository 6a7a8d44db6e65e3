/**
 * Since when nobody was at this desk, for whoever comes back to it. A pointer or a key is somebody; a page
 * that is only open is not. Kept in this browser, a person each, so that a closed page counts as away too.
 */
import { useCallback, useEffect, useState } from 'react'

const AWAY_MS = 15 * 60_000
const NOTED_EVERY_MS = 20_000
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const

const kept = (key: string): number | undefined => {
  const at = Number(localStorage.getItem(key) ?? Number.NaN)
  return Number.isFinite(at) ? at : undefined
}

export function useAway(user: string): { readonly since: number | undefined; dismiss(): void } {
  const key = `gatehouse-here ${user}`
  const [since, setSince] = useState<number>()
  useEffect(() => {
    let noted = 0
    const note = () => {
      const now = Date.now()
      if (now - noted < NOTED_EVERY_MS) return // a pointer moves a hundred times a second
      noted = now
      const last = kept(key)
      localStorage.setItem(key, String(now))
      if (last !== undefined && now - last > AWAY_MS) setSince(last)
    }
    note()
    for (const name of SIGNS) window.addEventListener(name, note, { passive: true })
    return () => {
      for (const name of SIGNS) window.removeEventListener(name, note)
    }
  }, [key])
  const dismiss = useCallback(() => setSince(undefined), [])
  return { since, dismiss }
}
