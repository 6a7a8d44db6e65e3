/** What is watched for; a rule that had to park a subject says so. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { rules } from '../api/queries.ts'
import { useFormat } from '../format/use-format.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './settings.module.css'

export function Rules() {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useQuery(rules)
  return (
    <section className={styles.wide}>
      <h2>{t('settings.rules')}</h2>
      {data && data.items.length > 0 ? (
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{t('alarms.column.severity')}</th>
              <th scope="col">{t('settings.rule')}</th>
              <th scope="col">{t('settings.order')}</th>
              <th scope="col" className="num">
                {t('settings.subjects')}
              </th>
              <th scope="col">{t('settings.verify')}</th>
              <th scope="col">{t('settings.parked')}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map(({ id, name, severity, order, subjects, verifyMs, parked }) => (
              <tr key={id}>
                <td>
                  <SeverityMark severity={severity} />
                </td>
                <td>{name}</td>
                <td className="quiet">{t(`settings.order.${order}`)}</td>
                <td className="num">{format.count(subjects)}</td>
                <td>{format.duration(verifyMs)}</td>
                <td title={parked.map(({ subject, reason }) => `${subject}: ${reason}`).join('\n')}>
                  {parked.length === 0 ? (
                    <span className="quiet">{t('none')}</span>
                  ) : (
                    <strong>{t('settings.parkedCount', { count: parked.length })}</strong>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="quiet">{t('settings.noRules')}</p>
      )}
    </section>
  )
}
