/** A severity is always a shape, a colour and a word, so that no one of them has to be seen. */
import type { Severity } from '../../model/alarm.ts'
import { SEVERITY_WORDS } from '../../model/words.ts'
import { useLanguage } from '../i18n/language.ts'
import styles from './severity.module.css'

/** Paths in a 16 × 16 box; the map draws the same ones. */
export const SEVERITY_PATHS: Readonly<Record<Severity, string>> = {
  critical: 'M8 1.5 15 14.5H1z',
  high: 'M8 1 15 8 8 15 1 8z',
  medium: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
  low: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z',
}

type Props = {
  severity: Severity
  /** Seen already: the shape is only an outline. */
  seen?: boolean
  /** Over: it has no colour any more. */
  over?: boolean
  /** The word is for screen readers only. */
  bare?: boolean
}

export function SeverityMark({ severity, seen = false, over = false, bare = false }: Props) {
  const word = SEVERITY_WORDS[severity][useLanguage()]
  const hollow = seen || severity === 'low'
  return (
    <span className={styles.mark} data-severity={over ? 'over' : severity} title={word}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path
          d={SEVERITY_PATHS[severity]}
          fill={hollow ? 'none' : 'currentColor'}
          stroke="currentColor"
          strokeWidth="1.75"
          strokeLinejoin="round"
        />
      </svg>
      <span className={bare ? styles.hidden : undefined}>{word}</span>
    </span>
  )
}
