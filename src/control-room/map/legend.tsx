/** What the signs on the map mean, drawn from the same paths as the map itself. */
import { useTranslation } from 'react-i18next'
import { SEVERITIES } from '../../model/alarm.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './map.module.css'

const SIGNS = [
  { name: 'map.sign.device', path: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z', filled: true },
  { name: 'map.sign.silent', path: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z', filled: false },
  { name: 'map.sign.moving', path: 'M8 2l4.5 11L8 10.5 3.5 13z', filled: true },
  { name: 'map.sign.standing', path: 'M8 2l4.5 11L8 10.5 3.5 13z', filled: false },
] as const

export function Legend() {
  const { t } = useTranslation()
  return (
    <section>
      <h3>{t('map.legend')}</h3>
      <ul className={styles.legend}>
        {SIGNS.map(({ name, path, filled }) => (
          <li key={name}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path
                d={path}
                fill={filled ? 'currentColor' : 'none'}
                stroke="currentColor"
                strokeWidth="1.25"
              />
            </svg>
            {t(name)}
          </li>
        ))}
        {SEVERITIES.map((severity) => (
          <li key={severity}>
            <SeverityMark severity={severity} />
          </li>
        ))}
      </ul>
    </section>
  )
}
