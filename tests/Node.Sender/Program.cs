using System.Runtime.InteropServices;
using SentryOtel.Node.Sender;

// Sends traces and logs until it is told to stop, as the usual variables say (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL), and
// writes what became of each of them: a line "taken" or "failed", the signal, and ids.
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
using var service = new Service();
await service.RunAsync(TimeSpan.FromMilliseconds(100), stop.Token);
