/** Single keys as commands. They are silent while somebody types or a dialog is open. */
import { useEffect, useRef } from 'react'

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('input, textarea, select, [role="combobox"], [role="menuitem"]'))

const isDialogOpen = () => document.querySelector('[role="dialog"][aria-modal="true"]') !== null

export function useKeys(keys: Keys, on = true): void {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    if (!on) return
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.target) || isDialogOpen()) return
      const command = current.current[event.key]
      if (!command) return
      event.preventDefault()
      command(event)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [on])
}
