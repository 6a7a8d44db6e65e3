/** A row an institution, building or meter: its last night, the usual one, and the nights in small. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { NightFlow } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useNarrow } from '../parts/use-narrow.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import styles from './water.module.css'
import { usePartName } from './where.tsx'
import { isHigh } from './worst-first.ts'

const COLUMNS =
  'minmax(7.5rem, 2fr) minmax(4.75rem, 0.8fr) minmax(4.75rem, 0.8fr) minmax(4.75rem, 0.8fr) minmax(4.5rem, 1fr) 1.5rem'
const NARROW = 'minmax(0, 1.5fr) minmax(4.5rem, 0.8fr) minmax(5rem, 0.8fr)'

const idOf = ({ id }: NightFlow) => id

type Props = {
  readonly rows: readonly NightFlow[]
  readonly by: 'institution' | 'building' | 'device'
  readonly chosen: string
  link(id: string): string
  /** One level down. */
  into(id: string): string
}

export function NightTable({ rows, by, chosen, link, into }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const part = usePartName()
  const narrow = useNarrow()
  const litres = (m3h: number | null) => (m3h === null ? '–' : format.number(m3h * 1_000, 0))
  const rise = (m3h: number | null) => (m3h === null ? '–' : format.signed(m3h * 1_000))
  return (
    <VirtualRows
      rows={rows}
      idOf={idOf}
      height={2.125}
      label={t('night.table')}
      columns={narrow ? NARROW : COLUMNS}
      selected={chosen}
      head={
        <>
          <th scope="col">{t(`water.by.${by}`)}</th>
          <th scope="col" className="num">
            {t('night.column.last')}
          </th>
          {narrow ? null : (
            <th scope="col" className="num">
              {t('night.column.usual')}
            </th>
          )}
          <th scope="col" className="num">
            {t('night.column.rise')}
          </th>
          {narrow ? null : (
            <>
              <th scope="col">{t('night.column.nights')}</th>
              <th scope="col">
                <span className="unseen">{t('night.column.into')}</span>
              </th>
            </>
          )}
        </>
      }
      draw={(row) => {
        const name = part(row.id, row.name)
        return (
          <>
            <td className="truncate" title={name}>
              <Link to={link(row.id)} data-row-link aria-current={row.id === chosen || undefined}>
                {name}
              </Link>
            </td>
            <td className="num">{litres(row.lastM3h)}</td>
            {narrow ? null : <td className="num quiet">{litres(row.usualM3h)}</td>}
            <td className="num">
              <span className={styles.verdict} data-weight={isHigh(row) ? 'act' : undefined}>
                {rise(row.riseM3h)}
              </span>
            </td>
            {narrow ? null : (
              <>
                <td>
                  <Small flows={row.flowsM3h} />
                </td>
                <td>
                  <Link to={into(row.id)} aria-label={t('night.into', { name })}>
                    ›
                  </Link>
                </td>
              </>
            )}
          </>
        )
      }}
    />
  )
}

const WIDTH = 90
const HEIGHT = 18

/** Decoration: the figures stand beside it and in the chart. */
function Small({ flows }: { flows: readonly (number | null)[] }) {
  const most = Math.max(0.001, ...flows.map((flow) => flow ?? 0))
  const step = WIDTH / Math.max(1, flows.length)
  return (
    <svg
      className={styles.small}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
      preserveAspectRatio="none"
    >
      {flows.map((flow, at) => {
        const height = flow === null ? HEIGHT : Math.max(1, (flow / most) * HEIGHT)
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a night is its place
            key={at}
            data-missing={flow === null || undefined}
            x={at * step}
            y={HEIGHT - height}
            width={step * 0.75}
            height={height}
          />
        )
      })}
    </svg>
  )
}
