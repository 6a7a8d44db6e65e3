/** Names and values under each other; a row that is falsy is left out. */
import type { ReactNode } from 'react'
import styles from './facts.module.css'

type Row = readonly [name: string, value: ReactNode] | false | '' | undefined | null

export function Facts({ rows }: { rows: readonly Row[] }) {
  return (
    <dl className={styles.facts}>
      {rows.map((row) =>
        row ? (
          <div key={row[0]}>
            <dt>{row[0]}</dt>
            <dd>{row[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}
