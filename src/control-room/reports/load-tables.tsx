/** The alarm load as tables: the figures against what the standards say, and below each what to do something about. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AlarmLoad } from '../api/types.ts'
import type { Format } from '../format/format.ts'
import { useFormat } from '../format/use-format.ts'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { isSource, useBecause, useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './reports.module.css'

type Figure = AlarmLoad['figures'][number]

const shown = (value: number, unit: Figure['unit'], format: Format) =>
  unit === 'ratio' ? format.percent(value) : format.number(value, unit === 'count' ? 0 : 2)

export function FigureTable({ figures }: Pick<AlarmLoad, 'figures'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const because = useBecause()
  const columns: Column<Figure>[] = [
    {
      head: t('load.figure'),
      cell: ({ code, source }) => <span title={source}>{t(`load.figure.${code}`)}</span>,
    },
    { head: t('load.value'), is: 'num', cell: ({ value, unit }) => shown(value, unit, format) },
    {
      head: t('load.target'),
      is: 'num',
      cell: ({ good, unit }) => (
        <span className="quiet">{t('load.atMost', { value: shown(good, unit, format) })}</span>
      ),
    },
    {
      head: t('load.verdict'),
      cell: ({ verdict, because: why }) => (
        <span className={styles.verdict} data-verdict={verdict} {...(why && { title: because(why) })}>
          {t(`load.verdict.${verdict}`)}
        </span>
      ),
    },
  ]
  return <FiguresTable rows={figures} idOf={({ code }) => code} columns={columns} />
}

/** Which rule, and where: the beginning of every list of alarms. */
function useSourceColumns(): Column<{ rule: string; device: string }>[] {
  const { t } = useTranslation()
  const names = useNames()
  return [
    { head: t('load.rule'), cell: ({ rule }) => names.rule(rule) },
    {
      head: t('load.device'),
      cell: ({ device }) => (
        <Link to={isSource(device) ? '/settings/gateway' : `/devices/${encodeURIComponent(device)}`}>
          {names.device(device)}
        </Link>
      ),
    },
  ]
}

const idOf = ({ rule, subject }: { rule: string; subject: string }) => `${rule} ${subject}`

export function TopTable({ top }: Pick<AlarmLoad, 'top'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns: Column<AlarmLoad['top'][number]>[] = [
    ...useSourceColumns(),
    { head: t('load.count'), is: 'num', cell: ({ count }) => format.count(count) },
    {
      head: t('load.share'),
      is: 'num',
      cell: ({ share }) => <span className="quiet">{format.percent(share)}</span>,
    },
  ]
  return <FiguresTable rows={top} idOf={idOf} columns={columns} />
}

export function ChatterTable({ chattering }: Pick<AlarmLoad, 'chattering'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns: Column<AlarmLoad['chattering'][number]>[] = [
    ...useSourceColumns(),
    { head: t('load.count'), is: 'num', cell: ({ count }) => format.count(count) },
    {
      head: t('load.cure'),
      is: 'text',
      cell: ({ cures: [cure], deadband }) => (
        <>
          {cure ? (
            <div>{t(`load.cure.${cure.by}`, { delay: format.duration(cure.forMs), count: cure.alarms })}</div>
          ) : null}
          {deadband ? (
            <div>
              {t('load.cure.deadband', { width: format.number(deadband.width), count: deadband.alarms })}
            </div>
          ) : null}
          {cure || deadband ? null : t('load.noCure')}
        </>
      ),
    },
  ]
  return <FiguresTable rows={chattering} idOf={idOf} columns={columns} />
}

export function StaleTable({ stale }: Pick<AlarmLoad, 'stale'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns: Column<AlarmLoad['stale'][number]>[] = [
    { head: t('load.severity'), cell: ({ severity }) => <SeverityMark severity={severity} seen /> },
    ...useSourceColumns(),
    { head: t('load.since'), cell: ({ raisedAt }) => format.dayTime(raisedAt) },
  ]
  return <FiguresTable rows={stale} idOf={({ id }) => id} columns={columns} />
}
