/** Whether a device is heard: a shape and a word; only what is wrong stands out. */
import { useTranslation } from 'react-i18next'
import type { Device } from '../api/types.ts'
import styles from './devices.module.css'

const PATHS = {
  online: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
  silent: 'M3 3 13 13M13 3 3 13',
  'never-seen': 'M3 8h10',
}

export function Status({ of: { status } }: { of: Pick<Device, 'status'> }) {
  const { t } = useTranslation()
  return (
    <span className={styles.status} data-status={status}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path
          d={PATHS[status]}
          fill={status === 'online' ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="2"
        />
      </svg>
      {t(`status.${status}`)}
    </span>
  )
}
