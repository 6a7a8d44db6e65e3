/** What a device last said, in one line: the points that matter for its family. */
import type { Family } from '../../model/device.ts'
import type { Device } from '../api/types.ts'
import { usePointName, useValue } from '../parts/points.ts'
import styles from './devices.module.css'

const FIRST: Readonly<Record<Family, readonly string[]>> = {
  'water-meter': ['flow', 'volume'],
  'access-control-gate': ['door', 'lock', 'access'],
  'patrol-checkpoint': ['guard'],
  'vehicle-tracker': ['speed', 'ignition', 'fuel'],
}

export function Summary({ device }: { device: Device }) {
  const pointName = usePointName()
  const show = useValue()
  const own = FIRST[device.family].filter((point) => device.latest[point])
  const points = own.length > 0 ? own : Object.keys(device.latest).slice(0, 2)
  return (
    <span className={styles.summary}>
      {points.map((point) => {
        const latest = device.latest[point]
        return latest ? (
          <span key={point}>
            <span className="quiet">{pointName(point)}</span> {show(latest.value, latest.unit)}
          </span>
        ) : null
      })}
    </span>
  )
}
