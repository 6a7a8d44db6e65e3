/** j and k through the links of the rows within an element, in the order in which they stand. */
import type { RefObject } from 'react'
import { useKeys } from './use-keys.ts'

export function useWalk(within: RefObject<HTMLElement | null>): void {
  const walk = (by: number) => {
    const links = [...(within.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])]
    const at = links.indexOf(document.activeElement as HTMLElement)
    links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))]?.focus()
  }
  useKeys({ j: () => walk(1), k: () => walk(-1) })
}
