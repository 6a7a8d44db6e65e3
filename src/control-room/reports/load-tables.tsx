/** The alarm load as tables: the figures against what the standards say, and below each what to do something about. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AlarmLoad } from '../api/types.ts'
import { type Format, useFormat } from '../format/use-format.ts'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './reports.module.css'

type Figure = AlarmLoad['figures'][number]

const shown = (value: number, unit: Figure['unit'], format: Format) =>
  unit === 'ratio' ? format.percent(value) : format.number(value, unit === 'count' ? 0 : 2)

export function FigureTable({ figures }: Pick<AlarmLoad, 'figures'>) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{t('load.figure')}</th>
          <th scope="col" className="num">
            {t('load.value')}
          </th>
          <th scope="col" className="num">
            {t('load.target')}
          </th>
          <th scope="col">{t('load.verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map(({ code, value, unit, good, verdict, source }) => (
          <tr key={code} title={source}>
            <td>{t(`load.figure.${code}`)}</td>
            <td className="num">{shown(value, unit, format)}</td>
            <td className="num quiet">{t('load.atMost', { value: shown(good, unit, format) })}</td>
            <td className={styles.verdict} data-verdict={verdict}>
              {t(`load.verdict.${verdict}`)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function SourceCells({ rule, device }: { rule: string; device: string }) {
  const names = useNames()
  return (
    <>
      <td className="truncate">{names.rule(rule)}</td>
      <td className="truncate">
        <Link to={`/devices/${encodeURIComponent(device)}`}>{names.device(device)}</Link>
      </td>
    </>
  )
}

function SourceHead() {
  const { t } = useTranslation()
  return (
    <>
      <th scope="col">{t('load.rule')}</th>
      <th scope="col">{t('load.device')}</th>
    </>
  )
}

export function TopTable({ top }: Pick<AlarmLoad, 'top'>) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <table className="figures">
      <thead>
        <tr>
          <SourceHead />
          <th scope="col" className="num">
            {t('load.count')}
          </th>
          <th scope="col" className="num">
            {t('load.share')}
          </th>
        </tr>
      </thead>
      <tbody>
        {top.map(({ rule, subject, device, count, share }) => (
          <tr key={`${rule} ${subject}`}>
            <SourceCells rule={rule} device={device} />
            <td className="num">{format.count(count)}</td>
            <td className="num quiet">{format.percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function ChatterTable({ chattering }: Pick<AlarmLoad, 'chattering'>) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <table className="figures">
      <thead>
        <tr>
          <SourceHead />
          <th scope="col" className="num">
            {t('load.count')}
          </th>
          <th scope="col">{t('load.cure')}</th>
        </tr>
      </thead>
      <tbody>
        {chattering.map(({ rule, subject, device, count, cures: [cure] }) => (
          <tr key={`${rule} ${subject}`}>
            <SourceCells rule={rule} device={device} />
            <td className="num">{format.count(count)}</td>
            <td>
              {cure
                ? t(`load.cure.${cure.by}`, { delay: format.duration(cure.forMs), count: cure.alarms })
                : t('load.noCure')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function StaleTable({ stale }: Pick<AlarmLoad, 'stale'>) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{t('load.severity')}</th>
          <SourceHead />
          <th scope="col">{t('load.since')}</th>
        </tr>
      </thead>
      <tbody>
        {stale.map(({ id, rule, device, severity, raisedAt }) => (
          <tr key={id}>
            <td>
              <SeverityMark severity={severity} seen />
            </td>
            <SourceCells rule={rule} device={device} />
            <td>{format.dayTime(raisedAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
