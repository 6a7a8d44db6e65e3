/**
 * A tone for new alarms, made by the browser itself: two short notes for critical ones, one for high. Off
 * until switched on.
 */
import { useSyncExternalStore } from 'react'
import type { Alarm } from '../api/types.ts'

const KEY = 'gatehouse-sound'
const watchers = new Set<() => void>()
let context: AudioContext | undefined

const isOn = () => localStorage.getItem(KEY) === 'on'

export function switchSound(on: boolean): void {
  localStorage.setItem(KEY, on ? 'on' : 'off')
  if (on) note(660, 0) // heard at once, and the browser now allows the page to play
  for (const watcher of watchers) watcher()
}

function note(hertz: number, afterS: number): void {
  context ??= new AudioContext()
  const start = context.currentTime + afterS
  const tone = new OscillatorNode(context, { frequency: hertz })
  const level = new GainNode(context, { gain: 0 })
  level.gain.setValueAtTime(0, start)
  level.gain.linearRampToValueAtTime(0.15, start + 0.02)
  level.gain.linearRampToValueAtTime(0, start + 0.22)
  tone.connect(level).connect(context.destination)
  tone.start(start)
  tone.stop(start + 0.25)
}

/** A flood is one sound, not a hundred. */
export function ring(raised: readonly Alarm[]): void {
  if (!isOn() || raised.length === 0) return
  if (raised.some(({ severity }) => severity === 'critical')) {
    note(880, 0)
    note(880, 0.3)
  } else if (raised.some(({ severity }) => severity === 'high')) note(660, 0)
}

export const useSound = (): boolean =>
  useSyncExternalStore((watcher) => {
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }, isOn)
