/** Which alarm a dialog is about. */
import { useTranslation } from 'react-i18next'
import type { Alarm } from '../api/types.ts'
import { useNames } from '../parts/names.ts'

export function AlarmName({ alarm: { rule, place, device } }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const names = useNames()
  return (
    <div>
      <strong>{names.rule(rule)}</strong>
      <br />
      <span className="quiet">{t('where', { place: names.place(place), device: names.device(device) })}</span>
    </div>
  )
}
