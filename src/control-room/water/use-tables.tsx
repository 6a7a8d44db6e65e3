/**
 * Water use as rows: by institution or meter, and by interval for the one that was chosen. What is missing is
 * never a zero.
 */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { UseStep } from '../../model/water-use.ts'
import { site } from '../api/queries.ts'
import type { UseTotal, WaterUseTotals } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useNarrow } from '../parts/use-narrow.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import { litresPerHeadDay } from './totals.ts'
import styles from './water.module.css'
import { usePartName } from './where.tsx'

const COLUMNS = 'minmax(7.5rem, 2fr) minmax(5rem, 1fr) minmax(4.5rem, 1fr) minmax(4.5rem, 0.8fr)'
const WITH_HEADS = `${COLUMNS} minmax(6rem, 1fr)`
const NARROW = 'minmax(0, 1.6fr) minmax(5.5rem, 1fr) minmax(4.5rem, 0.7fr)'

type Group = WaterUseTotals['subjects'][number]

const idOf = ({ id }: Group) => id

/** One row an institution or meter, the largest use first. */
export function TotalTable({
  groups,
  by,
  forMs,
  link,
}: {
  groups: readonly Group[]
  by: 'institution' | 'building' | 'device'
  /** How long the time is in which all of it was used. */
  forMs: number
  link(id: string): string
}) {
  const { t } = useTranslation()
  const narrow = useNarrow()
  const format = useFormat()
  const { data: here } = useQuery(site)
  const heads = new Map(here?.institutions.map(({ id, headCount }) => [id, headCount]))
  const withHeads = by === 'institution' && !narrow
  const part = usePartName()
  const perHead = (row: Group): string => {
    const litres = litresPerHeadDay(row, forMs, heads.get(row.id))
    return litres === null ? '–' : format.number(litres, 1)
  }
  const rows = [...groups].sort((one, other) => (other.volumeM3 ?? -1) - (one.volumeM3 ?? -1))
  return (
    <section className={styles.table}>
      <VirtualRows
        rows={rows}
        idOf={idOf}
        height={2.125}
        label={t('water.table')}
        columns={narrow ? NARROW : withHeads ? WITH_HEADS : COLUMNS}
        head={
          <>
            <th scope="col">{t(`water.by.${by}`)}</th>
            <UseHead />
            {withHeads ? (
              <th scope="col" className="num" title={t('water.perHeadHelp')}>
                {t('water.perHead')}
              </th>
            ) : null}
          </>
        }
        draw={(row) => (
          <>
            <td className="truncate" title={part(row.id, row.name)}>
              <Link to={link(row.id)} data-row-link>
                {part(row.id, row.name)}
              </Link>
            </td>
            <UseCells of={row} />
            {withHeads ? <td className="num">{perHead(row)}</td> : null}
          </>
        )}
      />
    </section>
  )
}

/** One row an interval of the institution or meter that was chosen. */
export function IntervalTable({ totals, step }: { totals: WaterUseTotals['intervals']; step: UseStep }) {
  const { t } = useTranslation()
  const format = useFormat()
  const show = { hour: format.dayTime, day: format.date, month: format.month }[step]
  return (
    <section className={styles.table}>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{t('water.interval')}</th>
            <UseHead />
          </tr>
        </thead>
        <tbody>
          {totals.map((row) => (
            <tr key={row.from}>
              <td>{show(row.from)}</td>
              <UseCells of={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function UseHead() {
  const { t } = useTranslation()
  return (
    <>
      <th scope="col" className="num">
        {t('water.volume')}
      </th>
      <th scope="col" className={styles.quality}>
        {t('water.quality')}
      </th>
      <th scope="col" className="num">
        {t('water.coverage')}
      </th>
    </>
  )
}

function UseCells({ of: { volumeM3, quality, coverage } }: { of: UseTotal }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      <td className="num">
        {volumeM3 === null ? <span className="quiet">{t('water.unknown')}</span> : format.fixed(volumeM3, 2)}
      </td>
      <td className={`${styles.quality} quiet truncate`}>{t(`use.${quality}`)}</td>
      <td className="num quiet">{format.percent(coverage)}</td>
    </>
  )
}
