/** The newest readings as rows, with what was in doubt. */
import { useTranslation } from 'react-i18next'
import type { Device, Reading, Value } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { usePointName, useValue } from '../parts/points.ts'
import styles from './devices.module.css'

const SHOWN = 100

/** As many as are shown elsewhere of a measured value. */
const decimals = (value: Value | undefined): number =>
  typeof value === 'number' ? (/\.(\d+)$/.exec(String(Number(value.toFixed(3))))?.[1]?.length ?? 0) : 0

export function ReadingRows({
  readings,
  cut,
  device,
}: {
  readings: readonly Reading[]
  cut: boolean
  device: Device
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const pointName = usePointName()
  const show = useValue()
  if (readings.length === 0) return <p className="quiet">{t('device.noReadings')}</p>
  const newest = readings.slice(-SHOWN).reverse()
  const span = Date.parse(newest[0]?.at ?? '') - Date.parse(newest.at(-1)?.at ?? '')
  const long = span > 20 * 3_600_000
  const points = [...new Set(newest.flatMap(({ values }) => Object.keys(values)))].sort()
  // The points of a column stand below each other
  const digits = new Map(
    points.map((point) => [point, Math.max(...newest.map(({ values }) => decimals(values[point])))]),
  )
  const shown = (point: string, value: Value) =>
    typeof value === 'number' ? format.fixed(value, digits.get(point) ?? 0) : show(value)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('device.rows')}>
      <table className="figures">
        <caption className={`quiet ${styles.caption}`}>
          {cut
            ? t('device.rowsCut', { count: newest.length })
            : t('device.rowsOf', { count: newest.length, all: format.count(readings.length) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('device.measured')}</th>
            {points.map((point) => (
              <th key={point} scope="col" className="num">
                {device.latest[point]?.unit
                  ? t('device.column', { point: pointName(point), unit: device.latest[point].unit })
                  : pointName(point)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newest.map(({ at, receivedAt, values, quality }) => (
            <tr key={`${at} ${receivedAt} ${JSON.stringify(values)}`}>
              <td>
                <time dateTime={at} title={format.absolute(at)}>
                  {long ? format.dayTimeSeconds(at) : format.clockSeconds(at)}
                </time>
              </td>
              {points.map((point) => (
                <td key={point} className="num">
                  {values[point] === undefined ? '' : shown(point, values[point])}
                  {quality?.[point] ? <span className="quiet"> {t(`quality.${quality[point]}`)}</span> : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
