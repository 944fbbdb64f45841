// An instrumented service: makes spans and log records with the OpenTelemetry SDK, hands them to its exporters in batches, and says on standard output what it made
// and what became of each hand-over. Its one argument is a JSON object:
// { form: grpc | proto | json, endpoint, service, spans, logs, batch, gzip, timeoutMillis, headers }
'use strict';

const { diag, DiagLogLevel } = require('@opentelemetry/api');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { TracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace');
const { LoggerProvider, BatchLogRecordProcessor } = require('@opentelemetry/sdk-logs');

const options = { batch: 100, gzip: true, timeoutMillis: 30000, headers: {}, ...JSON.parse(process.argv[2]) };
const made = { spans: [], logs: [] };
const handedOver = [];
const diagnostics = [];

function note(...args) {
  diagnostics.push(args.map(arg => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' '));
}

diag.setLogger({ error: note, warn: note, info: note, debug: () => {}, verbose: () => {} }, DiagLogLevel.INFO);

// A package per form and signal, as a user installs them.
function exporterOf(signal) {
  const kind = signal === 'traces' ? 'trace' : 'logs';
  const type = signal === 'traces' ? 'OTLPTraceExporter' : 'OTLPLogExporter';
  const name = { grpc: `exporter-${kind}-otlp-grpc`, proto: `exporter-${kind}-otlp-proto`, json: `exporter-${kind}-otlp-http` }[options.form];
  const Exporter = require(`@opentelemetry/${name}`)[type];
  const url = options.form === 'grpc' ? options.endpoint : new URL(`v1/${signal}`, options.endpoint).href;
  const exporter = new Exporter({ url, compression: options.gzip ? 'gzip' : 'none', timeoutMillis: options.timeoutMillis, headers: options.form === 'grpc' ? undefined : options.headers });
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => send(items, result => {
    handedOver.push({ signal, items: items.length, ok: result.code === 0, error: result.error ? String(result.error.message) : null });
    done(result);
  });
  return exporter;
}

async function main() {
  const resource = resourceFromAttributes(options.service === null ? {} : { 'service.name': options.service });
  const processing = { maxExportBatchSize: options.batch, maxQueueSize: 100000, scheduledDelayMillis: 50, exportTimeoutMillis: options.timeoutMillis };
  const tracing = new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter: exporterOf('traces'), ...processing })] });
  const logging = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: exporterOf('logs'), ...processing })] });
  const tracer = tracing.getTracer('tests');
  const logger = logging.getLogger('tests');
  for (let i = 0; i < options.spans; i++) {
    const span = tracer.startSpan(`${options.service}/${i}`, {
      kind: 2,
      attributes: { text: 'smørbrød 🥪', int: 7, double: 0.5, flag: true, list: ['a', 'b'], big: Number.MAX_SAFE_INTEGER },
    });
    span.addEvent('event', { n: i });
    span.setStatus({ code: 2, message: 'on purpose' });
    span.end();
    made.spans.push({ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId });
  }

  for (let i = 0; i < options.logs; i++) {
    const body = `${options.service} line ${i}`;
    logger.emit({ body, severityNumber: 9, severityText: 'INFO', attributes: { n: i } });
    made.logs.push(body);
  }

  // A failed hand-over is an answer too: it is in handedOver.
  await Promise.allSettled([tracing.forceFlush(), logging.forceFlush()]);
  await Promise.allSettled([tracing.shutdown(), logging.shutdown()]);
  process.stdout.write(JSON.stringify({ made, handedOver, diagnostics }) + '\n');
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
