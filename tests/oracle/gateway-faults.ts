/** What happens to the process of the gateway itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './stage.ts'

export const killGateway: Fault = {
  name: 'kill gateway',
  async strike({ plant, random, publishing, killed }) {
    await publishing.fresh(60_000) // it is taking messages
    await sleep(random.between(0, 400))
    await plant.kill()
    killed()
    await plant.start()
  },
}

/** At any instant of its start, while it opens, replays, or has just begun to listen. */
export const killStartingGateway: Fault = {
  name: 'kill starting gateway',
  async strike({ plant, random, killed }) {
    await plant.kill()
    killed()
    plant.launch()
    await sleep(random.between(300, 2_000))
    await plant.kill()
    killed()
    await plant.start()
  },
}

export const freezeGateway: Fault = {
  name: 'freeze gateway',
  async strike({ plant, random }) {
    plant.freeze()
    await sleep(random.between(200, 2_500))
    plant.thaw()
  },
}

export const stopGateway: Fault = {
  name: 'stop gateway',
  async strike({ plant, random }) {
    await sleep(random.between(0, 400))
    await plant.terminate()
    await plant.start()
  },
}
