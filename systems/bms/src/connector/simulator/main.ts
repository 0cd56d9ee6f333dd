import { parseArgs } from 'node:util'
import { startController } from './controller.ts'

/** A controller to try connectors with: `node src/connector/simulator/main.ts --port 8085 --secret "open sesame"`. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8085' },
    secret: { type: 'string' },
    building: { type: 'string', default: 'Mill Yard' },
    'time-zone': { type: 'string', default: 'Europe/London' },
    step: { type: 'string', default: '10' },
  },
})

const { url } = await startController({
  building: { name: values.building, timeZone: values['time-zone'] },
  port: Number(values.port),
  step: Number(values.step),
  ...(values.secret === undefined ? {} : { secret: values.secret }),
})
console.log(`${values.building} answers at ${url}`)
