using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>receivers.otlp</c>.</summary>
internal static class ReceiverReader
{
    private const string TransportTuning = "has no meaning here: Kestrel's own setting is used.";
    private const int MiB = 1024 * 1024;

    /// <summary>The OTLP specification's recommendation.</summary>
    private const int DefaultMaxMiB = 64;

    public static ReceiverConfiguration Read(string id, SectionReader section)
    {
        var protocols = section.Section("protocols");
        var grpc = protocols?.Section("grpc");
        var http = protocols?.Section("http");
        if (grpc is null && http is null)
        {
            section.Error("protocols", "must name grpc, http, or both.");
        }

        var checkRecords = section.Flag("check_records", true);
        protocols?.Finish();
        section.Finish();
        return new ReceiverConfiguration(id, grpc is null ? null : Grpc(grpc), http is null ? null : Http(http)) { CheckRecords = checkRecords };
    }

    private static ProtocolConfiguration Grpc(SectionReader section)
    {
        section.NotSupportedYet("tls", "auth");
        section.OneOf("transport", "tcp", "tcp", "tcp4", "tcp6");
        section.Ignore(TransportTuning, "max_concurrent_streams", "read_buffer_size", "write_buffer_size", "keepalive", "include_metadata", "middlewares");
        var configuration = new ProtocolConfiguration(
            section.Endpoint("endpoint", new ListenEndpoint("localhost", 4317)),
            section.Number("max_recv_msg_size_mib", DefaultMaxMiB, 1, 2047) * MiB);
        section.Finish();
        return configuration;
    }

    private static ProtocolConfiguration Http(SectionReader section)
    {
        section.NotSupportedYet("tls", "auth", "cors", "traces_url_path", "logs_url_path", "metrics_url_path", "response_headers");
        section.OneOf("transport", "tcp", "tcp", "tcp4", "tcp6");
        section.Ignore(
            TransportTuning,
            "include_metadata", "compression_algorithms", "read_timeout", "read_header_timeout", "write_timeout", "idle_timeout", "keep_alives_enabled", "middlewares");
        var configuration = new ProtocolConfiguration(
            section.Endpoint("endpoint", new ListenEndpoint("localhost", 4318)),
            section.Bytes("max_request_body_size", (long)DefaultMaxMiB * MiB, 1));
        section.Finish();
        return configuration;
    }
}
