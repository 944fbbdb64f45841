using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Client;

public sealed class CredentialTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _seen = [];
    private volatile string _accepted = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private Task Answer(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        _seen.Enqueue(authorization);
        if (_accepted.Length > 0 && authorization != _accepted)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync("""{"kind":"Status","status":"Failure","reason":"Unauthorized","code":401}""");
        }

        return context.Response.WriteAsync("""{"major":"1","minor":"20","gitVersion":"v1.20.2"}""");
    }

    private KubernetesClient Client(KubernetesClientConfiguration configuration) =>
        new(configuration, new KubernetesClientOptions { TimeProvider = _time, RequestTimeout = TimeSpan.FromHours(1) });

    [Fact]
    public async Task A_rotated_token_file_is_read_again_within_a_minute()
    {
        await using var server = await LoopbackServer.StartAsync(Answer);
        using var client = Client(new() { Host = server.Address, TokenFile = _folder.Write("token", "one\n") });

        await client.Discovery.AskAgainAsync(Stop);
        _folder.Write("token", "two");
        await client.Discovery.AskAgainAsync(Stop);
        _time.Advance(TimeSpan.FromMinutes(1));
        await client.Discovery.AskAgainAsync(Stop);
        _folder.Write("token", "");
        _time.Advance(TimeSpan.FromMinutes(1));
        await client.Discovery.AskAgainAsync(Stop);

        Assert.Equal(["Bearer one", "Bearer one", "Bearer two", "Bearer two"], _seen);
    }

    [Fact]
    public async Task A_refused_token_is_read_again_at_once_and_only_once()
    {
        await using var server = await LoopbackServer.StartAsync(Answer);
        using var client = Client(new() { Host = server.Address, TokenFile = _folder.Write("token", "expired") });
        _accepted = "Bearer expired";
        await client.Discovery.AskAgainAsync(Stop);

        _accepted = "Bearer fresh";
        _folder.Write("token", "fresh");
        await client.Discovery.AskAgainAsync(Stop);
        Assert.Equal(["Bearer expired", "Bearer expired", "Bearer fresh"], _seen);

        _seen.Clear();
        _accepted = "Bearer other";
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.Discovery.AskAgainAsync(Stop));
        Assert.True(error.IsUnauthorized);
        Assert.Equal(["Bearer fresh", "Bearer fresh"], _seen);
    }

    [Fact]
    public async Task An_empty_token_file_is_an_error()
    {
        using var client = Client(new() { Host = new Uri("http://127.0.0.1:1"), TokenFile = _folder.Write("token", " \n") });
        var error = await Assert.ThrowsAsync<IOException>(() => client.Discovery.AskAgainAsync(Stop));
        Assert.Contains("empty", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_name_and_password_are_sent_as_basic_authentication_and_impersonation_as_headers()
    {
        IHeaderDictionary? headers = null;
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            return Answer(context);
        });
        using var client = Client(new()
        {
            Host = server.Address,
            Username = "u",
            Password = "p",
            Impersonate = new ImpersonationConfig
            {
                User = "jane",
                Groups = ["a"],
                Extra = new Dictionary<string, IReadOnlyList<string>> { ["example.com/why"] = ["x"] },
            },
        });

        await client.Discovery.AskAgainAsync(Stop);

        Assert.Equal("Basic dTpw", headers!.Authorization.ToString());
        Assert.Equal("jane", headers["Impersonate-User"].ToString());
        Assert.Equal("a", headers["Impersonate-Group"].ToString());
        Assert.Equal("x", headers["Impersonate-Extra-example.com%2Fwhy"].ToString());
    }

    [Fact]
    public void Several_groups_to_impersonate_are_refused_because_they_would_arrive_as_one()
    {
        var whom = new ImpersonationConfig { User = "jane", Groups = ["a", "b"] };
        var error = Assert.Throws<KubernetesConfigurationException>(
            () => Client(new() { Host = new Uri("http://127.0.0.1:1"), Impersonate = whom }));
        Assert.Contains("as-groups", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exec_plugin_is_told_the_cluster_and_run_again_upon_expiry_and_refusal()
    {
        var count = _folder["count"];
        var script = _folder.WriteScript("login", """
            #!/bin/sh
            echo run >> "$COUNT_FILE"
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$COUNT_FILE.info"
            printf '%s|' "$@" > "$COUNT_FILE.args"
            n=$(wc -l < "$COUNT_FILE")
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$n'","expirationTimestamp":"'$EXPIRES'"}}'
            """);
        await using var server = await LoopbackServer.StartAsync(Answer);
        using var client = Client(new()
        {
            Host = server.Address,
            Exec = new ExecConfig
            {
                ApiVersion = "client.authentication.k8s.io/v1",
                Command = script,
                Args = ["--name", "a b", "$HOME"],
                Env = new Dictionary<string, string>
                {
                    ["COUNT_FILE"] = count,
                    ["EXPIRES"] = _time.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null),
                },
                InteractiveMode = ExecInteractiveMode.Never,
                ProvideClusterInfo = true,
                ClusterConfig = """{"audience":"a"}""",
            },
        });

        await client.Discovery.AskAgainAsync(Stop);
        await client.Discovery.AskAgainAsync(Stop);
        Assert.Equal(["Bearer t1", "Bearer t1"], _seen);
        Assert.Equal("--name|a b|$HOME|", await File.ReadAllTextAsync(count + ".args", Stop));
        Assert.Equal(
            """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"SERVER","config":{"audience":"a"}}}}"""
                .Replace("SERVER", server.Address.OriginalString, StringComparison.Ordinal),
            await File.ReadAllTextAsync(count + ".info", Stop));

        _accepted = "Bearer t2";
        await client.Discovery.AskAgainAsync(Stop);
        Assert.Equal("Bearer t2", _seen.Last());

        _accepted = "";
        _time.Advance(TimeSpan.FromMinutes(11));
        await client.Discovery.AskAgainAsync(Stop);
        Assert.Equal("Bearer t3", _seen.Last());
    }

    [Theory]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"secret"}}""", "apiVersion")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredentials","status":{"token":"secret"}}""", "kind")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientKeyData":"secret"}}""", "or neither")]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}""", "neither token")]
    [InlineData("secret", "not an ExecCredential")]
    public async Task A_wrong_answer_of_an_exec_plugin_is_explained_and_not_quoted(string answer, string expected)
    {
        var script = _folder.WriteScript("login", $"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n");
        var error = await FailAsync(script);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_or_missing_exec_plugin_is_explained()
    {
        Assert.Contains("exit code 3", (await FailAsync(_folder.WriteScript("login", "#!/bin/sh\nexit 3\n"))).Message, StringComparison.Ordinal);
        var missing = await FailAsync(_folder["missing"]);
        Assert.Contains(_folder["missing"], missing.Message, StringComparison.Ordinal);
        Assert.Contains("install it so", missing.Message, StringComparison.Ordinal);
    }

    private async Task<KubernetesConfigurationException> FailAsync(string command)
    {
        using var client = Client(new()
        {
            Host = new Uri("http://127.0.0.1:1"),
            Exec = new ExecConfig
            {
                ApiVersion = "client.authentication.k8s.io/v1",
                Command = command,
                InstallHint = "install it so",
                InteractiveMode = ExecInteractiveMode.Never,
            },
        });
        return await Assert.ThrowsAsync<KubernetesConfigurationException>(() => client.Discovery.AskAgainAsync(Stop));
    }
}
