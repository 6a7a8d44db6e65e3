/** A row an institution: its quota, what is used of it, and how that stands to the plan. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { WaterQuota } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useNarrow } from '../parts/use-narrow.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import { Verdict } from './verdict.tsx'

const COLUMNS =
  'minmax(7.5rem, 2fr) minmax(5rem, 1fr) minmax(5rem, 1fr) minmax(4.5rem, 0.8fr) minmax(6rem, 1fr)'
const NARROW = 'minmax(0, 1.5fr) minmax(4rem, 0.7fr) minmax(5.5rem, 1fr)'

const idOf = ({ id }: WaterQuota) => id

type Props = { rows: readonly WaterQuota[]; chosen: string; link(id: string): string }

export function QuotaTable({ rows, chosen, link }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const narrow = useNarrow()
  const volume = (m3: number | null) =>
    m3 === null ? <span className="quiet">{t('water.unknown')}</span> : format.number(m3, 0)
  return (
    <VirtualRows
      rows={rows}
      idOf={idOf}
      height={2.125}
      label={t('quota.table')}
      columns={narrow ? NARROW : COLUMNS}
      selected={chosen}
      head={
        <>
          <th scope="col">{t('water.by.institution')}</th>
          {narrow ? null : (
            <>
              <th scope="col" className="num">
                {t('quota.column.year')}
              </th>
              <th scope="col" className="num">
                {t('quota.column.used')}
              </th>
            </>
          )}
          <th scope="col" className="num" title={t('quota.column.shareHelp')}>
            {t('quota.column.share')}
          </th>
          <th scope="col">{t('quota.column.state')}</th>
        </>
      }
      draw={(row) => (
        <>
          <td className="truncate" title={row.name}>
            <Link to={link(row.id)} data-row-link aria-current={row.id === chosen || undefined}>
              {row.name}
            </Link>
          </td>
          {narrow ? null : (
            <>
              <td className="num">{volume(row.yearM3)}</td>
              <td className="num">{volume(row.usedM3)}</td>
            </>
          )}
          <td className="num">{row.share === null ? '–' : format.percent(row.share)}</td>
          <td className="truncate">
            <Verdict state={row.state} />
          </td>
        </>
      )}
    />
  )
}
