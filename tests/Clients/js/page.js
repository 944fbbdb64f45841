// An instrumented page: what service.js does, with the exporters that OpenTelemetry JS has for browsers (fetch, http/json). send(options) makes spans and log records and
// resolves to what it made and what became of each hand-over; options: { endpoint, service, spans, logs, batch, timeoutMillis }
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { LoggerProvider, BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';

const diagnostics = [];

function note(...args) {
  diagnostics.push(args.map(arg => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' '));
}

diag.setLogger({ error: note, warn: note, info: note, debug: () => {}, verbose: () => {} }, DiagLogLevel.INFO);

function exporterOf(Exporter, signal, options, handedOver) {
  const exporter = new Exporter({ url: new URL(`v1/${signal}`, options.endpoint).href, timeoutMillis: options.timeoutMillis });
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => send(items, result => {
    handedOver.push({ signal, items: items.length, ok: result.code === 0, error: result.error ? String(result.error.message) : null });
    done(result);
  });
  return exporter;
}

window.send = async options => {
  const made = { spans: [], logs: [] };
  const handedOver = [];
  const resource = resourceFromAttributes({ 'service.name': options.service });
  const processing = { maxExportBatchSize: options.batch, maxQueueSize: 100000, scheduledDelayMillis: 50, exportTimeoutMillis: options.timeoutMillis };
  const tracing = new TracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor({ exporter: exporterOf(OTLPTraceExporter, 'traces', options, handedOver), ...processing })],
  });
  const logging = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: exporterOf(OTLPLogExporter, 'logs', options, handedOver), ...processing })],
  });
  const tracer = tracing.getTracer('page');
  const logger = logging.getLogger('page');
  for (let i = 0; i < options.spans; i++) {
    const span = tracer.startSpan(`${options.service}/${i}`, { kind: 3, attributes: { text: 'smørbrød 🥪', int: 7, double: 0.5, list: ['a', 'b'], where: location.href } });
    span.addEvent('click', { n: i });
    span.end();
    made.spans.push({ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId });
  }

  for (let i = 0; i < options.logs; i++) {
    const body = `${options.service} line ${i}`;
    logger.emit({ body, severityNumber: 9, severityText: 'INFO', attributes: { n: i } });
    made.logs.push(body);
  }

  await Promise.allSettled([tracing.forceFlush(), logging.forceFlush()]);
  await Promise.allSettled([tracing.shutdown(), logging.shutdown()]);
  return JSON.stringify({ made, handedOver, diagnostics });
};
