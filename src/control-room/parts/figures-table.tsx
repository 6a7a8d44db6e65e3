/** A short table of figures, by its columns: for lists that are drawn whole. */
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'

export type Column<Row> = {
  readonly head: ReactNode
  /** `num` stands to the right, `text` may take several lines, `wide` is left out on a telephone. */
  readonly is?: 'num' | 'text' | 'wide'
  cell(row: Row): ReactNode
}

type Props<Row> = {
  readonly rows: readonly Row[]
  idOf(row: Row): string | number
  readonly columns: readonly Column<Row>[]
  readonly selected?: string | undefined
}

/** Whether it is wider than its place: then it is moved sideways, and by keys too. */
function useIsWider(box: RefObject<HTMLElement | null>): boolean {
  const [isWider, setWider] = useState(false)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const watch = new ResizeObserver(() => setWider(element.scrollWidth > element.clientWidth))
    watch.observe(element)
    return () => watch.disconnect()
  }, [box])
  return isWider
}

export function FiguresTable<Row>({ rows, idOf, columns, selected }: Props<Row>) {
  const box = useRef<HTMLDivElement>(null)
  const isWider = useIsWider(box)
  return (
    <div ref={box} className="sideways" tabIndex={isWider ? 0 : undefined}>
      <table className="figures">
        <thead>
          <tr>
            {columns.map(({ head, is }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns neither move nor have a name that is always there
              <th key={at} scope="col" className={is}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)} data-selected={idOf(row) === selected || undefined}>
              {columns.map(({ is, cell }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={at} className={is}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
