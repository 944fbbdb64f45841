using System.CommandLine;
using System.Globalization;
using SentryOtel.Cli.Clusters;
using SentryOtel.Cli.CommandLine;
using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Cli.Sending;

/// <summary><c>send-test SERVICE</c>: whether data of a service really arrive.</summary>
internal static class SendTestCommand
{
    public static Command Create(GlobalOptions options)
    {
        var service = GlobalOptions.NoOption(new Argument<string>("SERVICE") { Description = "The service's name: the value of the routing attribute." });
        var exporter = new Option<string?>("--exporter") { Description = "The SentryExporter. Default: the namespace's only one, or the only one with a route for the service.", HelpName = "NAME" };
        var endpoint = new Option<string?>("--endpoint") { Description = "Send to this address of OTLP over HTTP instead of through the API server.", HelpName = "URL" };
        var tokenFile = new Option<string?>("--bearer-token-file") { Description = "Bearer token for --endpoint. Default: that of the exporter's Secret.", HelpName = "FILE" };
        var skipVerify = new Option<bool>("--insecure-skip-tls-verify") { Description = "Take any certificate of --endpoint." };
        var timeout = new Option<string>("--timeout") { Description = "How long to wait for Sentry's answer.", HelpName = "DURATION", DefaultValueFactory = static _ => "30s" };
        var command = new Verb("send-test", "Sends one span and one log record of a service through the gateway, and says what Sentry answered.", $"""
            Both carry the attribute {TestItems.Mark}=true. A service that nobody announced may get a project by it, as by any other data.
            Exits with 1 unless both arrived.

            Examples:
              kubectl sentry-otel send-test orders
              kubectl sentry-otel send-test orders --exporter main -n observability --timeout 2m
              kubectl sentry-otel send-test orders --endpoint http://localhost:4318 --bearer-token-file token
            """)
        {
            service, exporter, endpoint, tokenFile, skipVerify, timeout,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = new TestOptions(
                parsed.GetValue(service)!,
                parsed.GetValue(exporter),
                parsed.GetValue(endpoint) is { } address ? Address(address) : null,
                parsed.GetValue(tokenFile),
                parsed.GetValue(skipVerify),
                GoDuration.TryParse(parsed.GetValue(timeout)!, out var span) && span > TimeSpan.Zero
                    ? span
                    : throw new CliException("--timeout: must be a duration with units, as 30s or 2m", ExitCodes.Usage));
            using var cluster = new ClusterAccess(parsed, options);
            var time = options.Environment.TimeProvider;
            var target = await TestTarget.FindAsync(cluster, wanted, time.GetUtcNow(), cancellationToken);
            using (target.Sender as IDisposable)
            {
                var arrived = await new TestRun(cluster, target, wanted, options.ScreenOf(parsed), time).RunAsync(cancellationToken);
                return arrived ? ExitCodes.Success : ExitCodes.Wrong;
            }
        });
        return command;
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw new CliException(string.Create(CultureInfo.InvariantCulture, $"--endpoint {text}: must be an http or https address, as http://localhost:4318"), ExitCodes.Usage);
}
