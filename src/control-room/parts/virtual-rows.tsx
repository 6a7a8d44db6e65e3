/**
 * A long list of which only the visible rows are drawn, walked with j and k. Each row has one link
 * (`data-row-link`): it is what gets the focus, so Enter opens it and the browser's own keys work on it.
 */
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { useKeys } from '../keyboard/use-keys.ts'
import { usePrinting } from './use-printing.ts'
import styles from './virtual-rows.module.css'

type Props<Row> = {
  readonly rows: readonly Row[]
  readonly idOf: (row: Row) => string
  /** Of a row, in rem. */
  readonly height: number
  readonly label: string
  /** A `grid-template-columns` that head and rows share. */
  readonly columns: string
  readonly head: ReactNode
  readonly draw: (row: Row) => ReactNode
  readonly rowClass?: (row: Row) => string | undefined
  readonly selected?: string | undefined
}

/** Some twenty pages of paper. */
const MOST_PRINTED = 1_000

const pixels = (rem: number) => rem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)

/** The row that has the focus, by its id. */
export const focusedRow = (): string | undefined =>
  document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset.row

export function VirtualRows<Row>(props: Props<Row>) {
  const { rows, idOf, height, label, columns, head, draw, rowClass, selected } = props
  const scroller = useRef<HTMLDivElement>(null)
  const printing = usePrinting()
  const wanted = useRef<string | undefined>(undefined)
  const indexOf = (id: string | undefined) => rows.findIndex((row) => idOf(row) === id)
  /** The row that has the focus stays drawn however far the wheel goes: its keys still work on it. */
  const inSightOrFocused = (range: Range): number[] => {
    const seen = defaultRangeExtractor(range)
    const at = indexOf(scroller.current?.contains(document.activeElement) ? focusedRow() : undefined)
    return at < 0 || seen.includes(at) ? seen : [...seen, at].sort((one, other) => one - other)
  }
  const rowPixels = pixels(height)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPixels,
    getItemKey: (index) => idOf(rows[index] as Row),
    overscan: printing ? MOST_PRINTED : 8,
    scrollPaddingStart: pixels(2), // the head covers the first line
    rangeExtractor: inSightOrFocused,
  })
  useEffect(() => {
    if (height > 0) virtual.measure()
  }, [height, virtual])

  const focusWanted = () => {
    const row = `[data-row="${CSS.escape(wanted.current ?? '')}"]`
    const link = scroller.current?.querySelector<HTMLElement>(`${row} [data-row-link]`)
    if (!link) return
    wanted.current = undefined
    link.focus({ preventScroll: true })
  }
  const walk = (by: number) => {
    const from = focusedRow() ?? selected
    const at = indexOf(from)
    const to = Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))
    const row = rows[to]
    if (row === undefined) return
    wanted.current = idOf(row)
    virtual.scrollToIndex(to)
    focusWanted()
  }
  // A row far away is drawn only after the scroll
  useEffect(() => {
    if (wanted.current !== undefined) focusWanted()
  })
  useKeys({ j: () => walk(1), k: () => walk(-1) })

  return (
    <div ref={scroller} className={styles.scroll} data-scroll>
      <table className={styles.table} aria-label={label} aria-rowcount={rows.length + 1}>
        <thead className={styles.head}>
          <tr aria-rowindex={1} className={styles.cells} style={{ gridTemplateColumns: columns }}>
            {head}
          </tr>
        </thead>
        <tbody className={styles.body} style={printing ? {} : { height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start, size }) => {
            const row = rows[index]
            if (row === undefined) return null
            const id = idOf(row)
            return (
              <tr
                key={key}
                aria-rowindex={index + 2}
                data-row={id}
                data-selected={id === selected || undefined}
                className={[styles.row, styles.cells, rowClass?.(row)].filter(Boolean).join(' ')}
                style={{
                  ...(printing ? {} : { transform: `translateY(${start}px)` }),
                  height: size,
                  gridTemplateColumns: columns,
                }}
              >
                {draw(row)}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
