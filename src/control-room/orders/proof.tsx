/** Whether the readings have proven the repair, and until when they are still asked. */
import { useTranslation } from 'react-i18next'
import type { WorkOrder } from '../api/types.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { useBecause } from '../parts/names.ts'

export function Proof({ order: { device, state: orderState, verification, awaits } }: { order: WorkOrder }) {
  const { t } = useTranslation()
  const format = useFormat()
  const because = useBecause()
  const now = useNow()
  const { state, until } = verification
  const why = verification.because ? because(verification.because, device) : ''
  const text = () => {
    if (state === 'waiting') {
      if (until === null) return t('proof.waitingForClear')
      const left = Date.parse(until) - now
      return left > 0 ? t('proof.waiting', { left: format.duration(left) }) : t('proof.judging')
    }
    if (state === 'manual') return awaits && orderState === 'done' ? because(awaits) : t('proof.manual')
    if (state === 'passed') return t('proof.passed', { why })
    if (state === 'failed') return t('proof.failed', { why })
    return t('proof.none')
  }
  return <p style={{ margin: 0, color: 'var(--ink-2)' }}>{text()}</p>
}
