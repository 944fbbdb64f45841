using System.Net.Security;
using System.Security.Authentication;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Tests.Receiving;

namespace SentryOtel.Gateway.Tests.Configuration;

public sealed class ReceiverConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("receiver-");
    private readonly TestCertificates _authority = new();

    public ReceiverConfigurationTests()
    {
        var (certificate, key, _) = _authority.Server();
        Write("tls.crt", certificate);
        Write("tls.key", key);
        Write("ca.crt", _authority.AuthorityPem);
        Write("tokens", "one\ntwo\n");
        Write("htpasswd", "user:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n");
        Write("empty", "\n");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Settings_of_the_Collectors_servers_are_read()
    {
        var result = Read(
            grpc: """
            {endpoint: "0.0.0.0:4317", max_concurrent_streams: 200, auth: {authenticator: bearertokenauth/in},
             keepalive: {server_parameters: {max_connection_age: 5m, max_connection_idle: 11s, time: 30s, timeout: 5s}},
             tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key, client_ca_file: FOLDER/ca.crt, min_version: "1.3", reload_interval: 30s}}
            """,
            http: """
            {endpoint: "0.0.0.0:4318", auth: {authenticator: basicauth}, traces_url_path: in/traces, logs_url_path: /in/logs, metrics_url_path: /in/metrics,
             read_header_timeout: 7s, idle_timeout: 8s, read_timeout: 0s, keep_alives_enabled: false, max_connections: 50, min_bytes_per_second: 0,
             cors: {allowed_origins: ["https://*.example.com"], allowed_headers: [X-Team], max_age: 7200}, response_headers: {X-Gateway: one},
             tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]}}
            """);

        Assert.Empty(result.Problems);
        var receiver = result.Configuration!.Receivers["otlp"];
        var (grpc, http) = (receiver.Grpc!, receiver.Http!);
        Assert.Equal(
            new ConnectionConfiguration
            {
                MaxConcurrentStreams = 200,
                MaxConnectionAge = TimeSpan.FromMinutes(5),
                IdleTimeout = TimeSpan.FromSeconds(11),
                PingDelay = TimeSpan.FromSeconds(30),
                PingTimeout = TimeSpan.FromSeconds(5),
            },
            grpc.Connections);
        Assert.Equal(
            new ConnectionConfiguration
            {
                HeadersTimeout = TimeSpan.FromSeconds(7),
                IdleTimeout = TimeSpan.FromSeconds(8),
                ReadTimeout = null,
                KeepAlives = false,
                MaxConnections = 50,
                MinBytesPerSecond = 0,
            },
            http.Connections);
        Assert.Equal((SslProtocols.Tls13, TimeSpan.FromSeconds(30)), (grpc.Tls!.Versions, grpc.Tls.ReloadInterval));
        Assert.Equal(new PemSource(Path.Combine(_folder.FullName, "ca.crt"), null), grpc.Tls.ClientAuthorities);
        Assert.Equal([TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256], http.Tls!.CipherSuites);
        Assert.Equal(("/in/traces", "/in/logs", "/in/metrics"), (http.Http.TracesPath, http.Http.LogsPath, http.Http.MetricsPath));
        Assert.Equal(TimeSpan.FromHours(2), http.Http.Cors!.MaxAge);
        Assert.Equal([("X-Gateway", "one")], http.Http.ResponseHeaders);
        Assert.Equal("bearertokenauth/in", Assert.IsType<BearerTokenConfiguration>(grpc.Authenticator).Id);
        Assert.IsType<BasicAuthConfiguration>(http.Authenticator);
        Assert.Equal((true, false), (receiver.CheckRecords, receiver.OnePort));
    }

    [Fact]
    public void Two_readings_of_one_file_are_equal()
    {
        const string Http = "{cors: {allowed_origins: [a, b]}, tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key}, response_headers: {a: b}, auth: {authenticator: bearertokenauth/in}}";

        Assert.Equal(Read(http: Http).Configuration!.Receivers["otlp"], Read(http: Http).Configuration!.Receivers["otlp"]);
    }

    [Fact]
    public void Both_protocols_may_name_one_port()
    {
        var one = Read("{endpoint: \"0.0.0.0:4317\"}", "{endpoint: \"0.0.0.0:4317\"}");
        var chosen = Read("{endpoint: \"localhost:0\"}", "{endpoint: \"localhost:0\"}");
        var differing = Read("{endpoint: \"0.0.0.0:4317\"}", "{endpoint: \"0.0.0.0:4317\", tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key}}");

        Assert.True(one.Configuration!.Receivers["otlp"].OnePort);
        Assert.False(chosen.Configuration!.Receivers["otlp"].OnePort);
        Assert.Contains("both protocols are on one port", Assert.Single(differing.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tls: {cert_file: FOLDER/tls.crt}", "tls.key_file", "needs a certificate and its key")]
    [InlineData("tls: {cert_file: FOLDER/none, key_file: FOLDER/tls.key}", "tls.cert_file", "can not be read")]
    [InlineData("tls: {cert_file: FOLDER/tls.key, key_file: FOLDER/tls.key}", "tls.cert_file", "holds no PEM certificate")]
    [InlineData("tls: {cert_file: FOLDER/ca.crt, key_file: FOLDER/tls.key}", "tls.cert_file", "the key is not its own")]
    [InlineData("tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key, client_ca_file: FOLDER/empty}", "tls.cert_file", "client_ca_file holds no certificate")]
    [InlineData("tls: {cert_file: FOLDER/tls.crt, cert_pem: b, key_file: FOLDER/tls.key}", "tls.cert_pem", "not both")]
    [InlineData("tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key, min_version: '1.0'}", "tls.min_version", "not offered")]
    [InlineData("tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key, min_version: '1.3', max_version: '1.2'}", "tls.min_version", "above max_version")]
    [InlineData("tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key, cipher_suites: [AES]}", "tls.cipher_suites", "no cipher suite")]
    [InlineData("tls: {cert_file: FOLDER/tls.crt, key_file: FOLDER/tls.key, server_name: a}", "tls.server_name", "unknown key")]
    [InlineData("auth: {authenticator: bearertokenauth/inn}", "auth.authenticator", "Did you mean \"bearertokenauth/in\"?")]
    [InlineData("auth: {authenticator: bearertokenauth/idle}", "auth.authenticator", "service.extensions")]
    [InlineData("auth: {}", "auth.authenticator", "must name an extension")]
    [InlineData("cors: {allowed_origins: ['https://*.*']}", "cors.allowed_origins", "at most one *")]
    [InlineData("logs_url_path: /v1/traces", "traces_url_path", "must differ")]
    [InlineData("response_headers: {'a b': c}", "response_headers", "no valid header")]
    [InlineData("read_timeout: 5", "read_timeout", "duration with units")]
    [InlineData("middlewares: [{id: x}]", "middlewares", "no middlewares")]
    [InlineData("max_conections: 5", "max_conections", "Did you mean \"max_connections\"?")]
    public void Problem_is_told_with_its_path_and_its_cure(string http, string path, string cure)
    {
        var result = Read(http: $"{{{http}}}");

        Assert.Null(result.Configuration);
        var problem = Assert.Single(result.Problems, candidate => candidate.IsError);
        Assert.Equal($"receivers.otlp.protocols.http.{path}", problem.Path);
        Assert.True(problem.Line > 0);
        Assert.Contains(cure, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bearertokenauth/x: {}", "bearertokenauth/x.token", "token, tokens and filename")]
    [InlineData("bearertokenauth/x: {token: a, tokens: [b]}", "bearertokenauth/x.tokens", "not both")]
    [InlineData("bearertokenauth/x: {filename: FOLDER/empty}", "bearertokenauth/x.filename", "no token")]
    [InlineData("bearertokenauth/x: {filename: FOLDER/none}", "bearertokenauth/x.filename", "can not be read")]
    [InlineData("basicauth/x: {}", "basicauth/x.htpasswd", "must have file, inline, or both")]
    [InlineData("basicauth/x: {client_auth: {username: a, password: b}}", "basicauth/x.client_auth", "for exporters")]
    [InlineData("basicauth/x: {htpasswd: {inline: 'user'}}", "basicauth/x.htpasswd.inline", "line 1 is not user:hash")]
    [InlineData("basicauth/x: {htpasswd: {inline: 'user:$apr1$a$bcd'}}", "basicauth/x.htpasswd.inline", "it knows bcrypt")]
    [InlineData("basicauth/x: {htpasswd: {inline: 'user:{SSHA}abcd'}}", "basicauth/x.htpasswd.inline", "it knows bcrypt")]
    [InlineData("basicauth/x: {htpasswd: {file: FOLDER/empty}}", "basicauth/x.htpasswd.file", "no user")]
    public void Problem_of_an_authenticator_is_told_without_what_is_secret(string extension, string path, string cure)
    {
        var result = Read(extensions: extension);

        var problem = Assert.Single(result.Problems, candidate => candidate.IsError);
        Assert.Equal($"extensions.{path}", problem.Path);
        Assert.Contains(cure, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("apr1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_without_a_meaning_here_are_accepted_with_one_warning_each()
    {
        var result = Read(
            "{read_buffer_size: 1, include_metadata: true, keepalive: {enforcement_policy: {min_time: 5s}, server_parameters: {max_connection_age_grace: 5s}}}",
            "{write_timeout: 5s, compression_algorithms: [gzip], include_metadata: true}");

        Assert.NotNull(result.Configuration);
        Assert.Equal(7, result.Problems.Count);
        Assert.All(result.Problems, problem => Assert.False(problem.IsError));
    }

    [Fact]
    public void A_token_is_in_no_text_of_the_configuration()
    {
        var receiver = Read(http: "{auth: {authenticator: bearertokenauth/in}, tls: {cert_file: FOLDER/tls.crt, key_pem: \"${file:FOLDER/tls.key}\"}}").Configuration!.Receivers["otlp"];

        Assert.DoesNotContain("secret-token", receiver.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", receiver.ToString(), StringComparison.Ordinal);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    private ConfigurationResult Read(string? grpc = null, string? http = null, string extensions = "bearertokenauth/unused: {token: a}")
    {
        var yaml = $$$"""
            extensions:
              bearertokenauth/in: {token: secret-token}
              bearertokenauth/idle: {filename: FOLDER/tokens}
              basicauth: {htpasswd: {file: FOLDER/htpasswd} }
              {{{extensions}}}
            receivers:
              otlp:
                protocols:
                  {{{(grpc is null ? "" : $"grpc: {grpc.ReplaceLineEndings(" ")}")}}}
                  {{{(http is null && grpc is not null ? "" : $"http: {(http ?? "{}").ReplaceLineEndings(" ")}")}}}
            exporters:
              sentry: {dsn: "https://0123456789abcdef0123456789abcdef@o1.ingest.us.sentry.io/42"}
            service:
              extensions: [bearertokenauth/in, basicauth]
              pipelines: {traces: {receivers: [otlp], exporters: [sentry]} }
            """.Replace("FOLDER", _folder.FullName, StringComparison.Ordinal);
        return ConfigurationFile.Read(yaml, _ => null, File.ReadAllText, 1L << 30);
    }
}
