using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SentryOtel.SentryServer.StandIn;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer;

/// <summary>The command line of <c>sentry-server</c>.</summary>
internal static class ServerCommand
{
    private static readonly Option<string> Management = new("--management-url") { Description = "Where the management API, the live page and /_stand-in/ listen; port 0 takes a free one.", DefaultValueFactory = _ => "http://127.0.0.1:9000" };
    private static readonly Option<string> Ingest = new("--ingest-url") { Description = "Where OTLP ingest listens; port 0 takes a free one.", DefaultValueFactory = _ => "http://127.0.0.1:9001" };
    private static readonly Option<Uri?> PublicManagement = new("--public-management-url") { Description = "The management address that answers name, when clients reach it under another one." };
    private static readonly Option<Uri?> PublicIngest = new("--public-ingest-url") { Description = "The ingest address that DSNs name, when clients reach it under another one." };
    private static readonly Option<string> Prefix = new("--path-prefix") { Description = "Path before /api/ on both ports, such as /sentry.", DefaultValueFactory = _ => "" };
    private static readonly Option<string> Org = new("--org") { Description = "Slug of the organisation.", DefaultValueFactory = _ => "acme" };
    private static readonly Option<string[]> Token = new("--token") { Description = "TOKEN or TOKEN=scope,scope,...; repeatable. Without scopes: " + string.Join(',', AccessToken.DefaultScopes) + "." };
    private static readonly Option<string[]> Team = new("--team") { Description = "Slug of a team that exists at the start; repeatable.", DefaultValueFactory = _ => ["platform"] };
    private static readonly Option<string[]> Project = new("--project") { Description = "Slug of a project that exists at the start; repeatable." };
    private static readonly Option<int> RateLimit = new("--api-rate-limit") { Description = "Calls per second, caller and route of the management API; 0 for none and no headers, as self-hosted." };
    private static readonly Option<bool> OldServer = new("--old-server") { Description = "Behave as an older self-hosted Sentry." };
    private static readonly Option<bool> VirtualClock = new("--virtual-clock") { Description = "Let POST /_stand-in/clock set the clock ahead." };
    private static readonly Option<int> RecordedItems = new("--recorded-items") { Description = "How many spans, log records and losses are kept each; totals are exact in any case.", DefaultValueFactory = _ => 200_000 };
    private static readonly Option<double> KeepAlive = new("--keep-alive-seconds") { Description = "After how long an idle connection is closed.", DefaultValueFactory = _ => 75 };
    private static readonly Option<FileInfo?> Certificate = new("--tls-certificate") { Description = "PEM certificate chain for https addresses." };
    private static readonly Option<FileInfo?> CertificateKey = new("--tls-key") { Description = "PEM private key of --tls-certificate." };

    public static RootCommand Create()
    {
        var command = new RootCommand("A stand-in Sentry: management API and OTLP ingest that check and answer as Sentry does.")
        {
            Management, Ingest, PublicManagement, PublicIngest, Prefix, Org, Token, Team, Project, RateLimit, OldServer, VirtualClock, RecordedItems, KeepAlive, Certificate, CertificateKey,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.InvocationConfiguration.Output;
        try
        {
            await using var host = await SentryServerHost.StartAsync(Options(arguments), cancellationToken);
            var line = new JsonObject
            {
                ["managementUrl"] = host.ManagementUrl.AbsoluteUri,
                ["ingestUrl"] = host.IngestUrl.AbsoluteUri,
                ["controlUrl"] = host.ControlUrl.AbsoluteUri,
                ["pid"] = Environment.ProcessId,
            };
            await output.WriteLineAsync(line.ToJsonString());
            await output.WriteLineAsync($"Management API {host.ManagementUrl} (organisation {host.State.Organization.Slug}, {host.State.Tokens.Count} tokens)");
            await output.WriteLineAsync($"OTLP ingest    {host.IngestUrl}");
            await output.WriteLineAsync($"Live page      {host.ControlUrl}");
            await output.FlushAsync(cancellationToken);
            await UntilCancelledAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or System.Security.Cryptography.CryptographicException)
        {
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"sentry-server: {exception.Message}");
            return 1;
        }
    }

    private static SentryServerOptions Options(ParseResult arguments) => new()
    {
        ManagementListenUrl = arguments.GetValue(Management)!,
        IngestListenUrl = arguments.GetValue(Ingest)!,
        PublicManagementUrl = arguments.GetValue(PublicManagement),
        PublicIngestUrl = arguments.GetValue(PublicIngest),
        PathPrefix = arguments.GetValue(Prefix)!,
        Organization = arguments.GetValue(Org)!,
        Tokens = [.. (arguments.GetValue(Token) ?? []).Select(ParseToken)],
        Teams = arguments.GetValue(Team)!,
        Projects = arguments.GetValue(Project) ?? [],
        Modes = (arguments.GetValue(OldServer) ? Modes.OldServer : new Modes()) with { ApiRateLimit = arguments.GetValue(RateLimit) is > 0 and var limit ? new ApiRateLimit(limit) : null },
        TimeProvider = arguments.GetValue(VirtualClock) ? new JumpClock() : TimeProvider.System,
        RecordedItems = arguments.GetValue(RecordedItems),
        KeepAliveTimeout = arguments.GetValue(KeepAlive) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : throw new ArgumentException("--keep-alive-seconds must be above 0."),
        Certificate = arguments.GetValue(Certificate) is { } certificate ? X509Certificate2.CreateFromPemFile(certificate.FullName, arguments.GetValue(CertificateKey)?.FullName) : null,
        ConfigureLogging = logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace),
    };

    /// <summary>A token may hold an equals sign; what follows the last one is scopes only when it looks like them, so that no error repeats part of a token.</summary>
    private static AccessToken ParseToken(string text)
    {
        var equals = text.LastIndexOf('=');
        return equals < 0 || !text[equals..].Contains(':', StringComparison.Ordinal) ? new AccessToken(text) : new AccessToken(text[..equals], text[(equals + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static async Task UntilCancelledAsync(CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(cancelled.SetResult);
        await cancelled.Task;
    }
}
