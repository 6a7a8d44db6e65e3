/** Last values, each with its age once it is older than the device's period, and its quality where it is not good. */
import { useTranslation } from 'react-i18next'
import type { Device } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useNow } from '../format/now.ts'
import { usePointName, useValue } from '../parts/points.ts'
import styles from './devices.module.css'

/** A device may be this many periods late before its value is called old. */
const LATE = 2

export function LatestValues({ device }: { device: Device }) {
  const { t } = useTranslation()
  const pointName = usePointName()
  const show = useValue()
  const now = useNow()
  const points = Object.entries(device.latest)
  return (
    <section>
      <h3>{t('device.latest')}</h3>
      {points.length === 0 ? <p className="quiet">{t('device.nothingYet')}</p> : null}
      {points.length > 0 ? (
        <table className="figures">
          <tbody>
            {points.map(([point, { value, unit, at, quality }]) => {
              const period = device.reportsEveryMs
              const old = period !== null && now - Date.parse(at) > period * LATE
              return (
                <tr key={point}>
                  <th scope="row">{pointName(point)}</th>
                  <td className={`num ${old ? styles.old : ''}`}>{show(value, unit)}</td>
                  <td className="quiet">
                    {old ? <Age at={at} /> : null} {quality === 'good' ? null : t(`quality.${quality}`)}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      ) : null}
    </section>
  )
}
