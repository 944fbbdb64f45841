using System.Buffers;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>receivers.otlp</c>.</summary>
/// <param name="authenticators">The authenticators in service, by id.</param>
internal sealed class ReceiverReader(IReadOnlyDictionary<string, AuthenticatorConfiguration> authenticators)
{
    private const string NoMeaning = "has no meaning here.";
    private const string TransportTuning = "has no meaning here: Kestrel's own setting is used.";
    private const int MiB = 1024 * 1024;

    /// <summary>The OTLP specification's recommendation.</summary>
    private const int DefaultMaxMiB = 64;

    private static readonly ConnectionConfiguration Defaults = new();
    private static readonly SearchValues<char> HeaderName = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public ReceiverConfiguration Read(string id, SectionReader section)
    {
        var protocols = section.Section("protocols");
        var (grpcSection, httpSection) = (protocols?.Section("grpc"), protocols?.Section("http"));
        if (grpcSection is null && httpSection is null)
        {
            section.Error("protocols", "must name grpc, http, or both.");
        }

        var checkRecords = section.Flag("check_records", true);
        protocols?.Finish();
        section.Finish();
        var grpc = grpcSection is null ? null : Grpc(grpcSection);
        var http = httpSection is null ? null : Http(httpSection);

        // Port 0 is two ports of the system's choice.
        var onePort = grpc is not null && http is not null && grpc.Endpoint == http.Endpoint && grpc.Endpoint.Port != 0;
        if (onePort && grpc!.Tls != http!.Tls)
        {
            httpSection!.Error("tls", "must be the same as that of grpc: both protocols are on one port.");
        }

        return new ReceiverConfiguration(id, grpc, http) { CheckRecords = checkRecords, OnePort = onePort };
    }

    private ProtocolConfiguration Grpc(SectionReader section)
    {
        section.OneOf("transport", "tcp", "tcp", "tcp4", "tcp6");
        section.Ignore(TransportTuning, "read_buffer_size", "write_buffer_size");
        section.Ignore(NoMeaning, "include_metadata", "dialer");
        HttpReader.RefuseMiddlewares(section);
        var keepalive = section.Section("keepalive");
        var server = keepalive?.Section("server_parameters");
        var configuration = new ProtocolConfiguration(
            section.Endpoint("endpoint", new ListenEndpoint("localhost", 4317)),
            section.Number("max_recv_msg_size_mib", DefaultMaxMiB, 1, 2047) * MiB)
        {
            Tls = ServerTlsReader.Read(section.Section("tls")),
            Authenticator = AuthenticatorReader.Reference(section.Section("auth"), authenticators),
            Connections = OurOwn(section, Defaults with
            {
                MaxConcurrentStreams = (int)section.Number("max_concurrent_streams", 0, 0, uint.MaxValue) is > 0 and var streams ? streams : Defaults.MaxConcurrentStreams,
                MaxConnectionAge = Span(server, "max_connection_age", Defaults.MaxConnectionAge),
                IdleTimeout = Span(server, "max_connection_idle", Defaults.IdleTimeout),
                PingDelay = Span(server, "time", Defaults.PingDelay),
                PingTimeout = Span(server, "timeout", Defaults.PingTimeout) ?? Defaults.PingTimeout,
            }),
        };
        server?.Ignore("has no meaning here: calls in progress are always let finish.", "max_connection_age_grace");
        server?.Finish();
        keepalive?.Ignore("has no meaning here: clients may ask as often as they like.", "enforcement_policy");
        keepalive?.Finish();
        section.Finish();
        return configuration;
    }

    private ProtocolConfiguration Http(SectionReader section)
    {
        section.OneOf("transport", "tcp", "tcp", "tcp4", "tcp6");
        section.Ignore("has no meaning here: answers are a few bytes.", "write_timeout");
        section.Ignore("has no meaning here: identity, gzip, deflate and br are taken.", "compression_algorithms");
        section.Ignore(NoMeaning, "include_metadata");
        HttpReader.RefuseMiddlewares(section);
        var configuration = new ProtocolConfiguration(
            section.Endpoint("endpoint", new ListenEndpoint("localhost", 4318)),
            section.Bytes("max_request_body_size", (long)DefaultMaxMiB * MiB, 1))
        {
            Tls = ServerTlsReader.Read(section.Section("tls")),
            Authenticator = AuthenticatorReader.Reference(section.Section("auth"), authenticators),
            Connections = OurOwn(section, Defaults with
            {
                HeadersTimeout = Span(section, "read_header_timeout", Defaults.HeadersTimeout),
                IdleTimeout = Span(section, "idle_timeout", Defaults.IdleTimeout),
                KeepAlives = section.Flag("keep_alives_enabled", true),
            }),
            Http = new HttpReceiverConfiguration
            {
                TracesPath = UrlPath(section, "traces_url_path", "/v1/traces"),
                LogsPath = UrlPath(section, "logs_url_path", "/v1/logs"),
                MetricsPath = UrlPath(section, "metrics_url_path", "/v1/metrics"),
                Cors = CorsReader.Read(section.Section("cors")),
                ResponseHeaders = Headers(section),
            },
        };
        string[] paths = [configuration.Http.TracesPath, configuration.Http.LogsPath, configuration.Http.MetricsPath];
        if (paths.Distinct(StringComparer.Ordinal).Count() < paths.Length)
        {
            section.Error("traces_url_path", "the paths of traces, logs and metrics must differ.");
        }

        section.Finish();
        return configuration;
    }

    // Keys that the Collector does not have, the same for both protocols.
    private static ConnectionConfiguration OurOwn(SectionReader section, ConnectionConfiguration connections) => connections with
    {
        MaxConnections = (int)section.Number("max_connections", connections.MaxConnections, 1, 1_000_000),
        MinBytesPerSecond = (int)section.Number("min_bytes_per_second", connections.MinBytesPerSecond, 0, int.MaxValue),
        ReadTimeout = Span(section, "read_timeout", connections.ReadTimeout),
    };

    // Zero is no bound, as in the Collector; Kestrel takes none under a second.
    private static TimeSpan? Span(SectionReader? section, string key, TimeSpan? otherwise)
    {
        if (section?.Text(key) is null)
        {
            return otherwise;
        }

        var span = section.Duration(key, TimeSpan.Zero, TimeSpan.Zero);
        return span == TimeSpan.Zero ? null : span < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : span;
    }

    private static ValueList<(string Name, string Value)> Headers(SectionReader section)
    {
        var headers = section.TextMap("response_headers");
        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(HeaderName) || value.Any(static c => c is < ' ' or > '~'))
            {
                section.Error("response_headers", $"\"{name}\" is no valid header.");
            }
        }

        return new ValueList<(string, string)>(headers.Select(pair => (pair.Key, pair.Value)));
    }

    private static string UrlPath(SectionReader section, string key, string otherwise)
    {
        if (section.Text(key) is not { Length: > 0 } path)
        {
            return otherwise;
        }

        if (path.AsSpan().ContainsAny("?# "))
        {
            section.Error(key, "must be a path without query or blanks, as /v1/traces.");
        }

        return path.StartsWith('/') ? path : $"/{path}";
    }
}
