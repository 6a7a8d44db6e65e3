/** What is under maintenance, above the alarms that do not ring for it: nothing quiet is out of sight. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { outOfService } from '../api/queries.ts'
import { useFormat } from '../format/use-format.ts'
import { useNames } from '../parts/names.ts'
import styles from './wall.module.css'

export function OutOfServiceList() {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const items = useQuery(outOfService).data?.items ?? []
  if (items.length === 0) return null
  return (
    <ul className={styles.service}>
      {items.map(({ kind, id, until, reason }) => {
        const name = kind === 'device' ? names.device(id) : names.place({ institution: '', zone: id })
        const text = t('service.listed', { name, time: format.dayTime(until), reason })
        return (
          <li key={`${kind} ${id}`}>
            {kind === 'device' ? <Link to={`/devices/${id}`}>{text}</Link> : text}
          </li>
        )
      })}
    </ul>
  )
}
