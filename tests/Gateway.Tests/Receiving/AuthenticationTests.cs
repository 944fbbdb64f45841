using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Health.V1;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class AuthenticationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("auth-");
    private readonly FakeTimeProvider _clock = new();

    private string CredentialsFile => Path.Combine(_folder.FullName, "credentials");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Bearer first", true)]
    [InlineData("bearer second", true)]
    [InlineData("Bearer third", false)]
    [InlineData("Bearer firs", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearerfirst", false)]
    [InlineData("first", false)]
    [InlineData("Basic first", false)]
    [InlineData(null, false)]
    public async Task One_of_the_tokens_lets_a_request_in(string? header, bool allowed)
    {
        await using var receiver = await StartAsync(Tokens("first", "second"));

        var response = await PostAsync(receiver, header);

        await AssertHttpAsync(receiver, response, allowed, "Bearer");
    }

    [Theory]
    [InlineData("Bearer first", true)]
    [InlineData("Bearer other", false)]
    [InlineData(null, false)]
    public async Task Grpc_asks_for_the_same(string? header, bool allowed)
    {
        await using var receiver = await StartAsync(Tokens("first"));

        var response = await receiver.CallAsync(
            SampleTelemetry.TraceExport, SampleTelemetry.Frame(SampleTelemetry.Traces()), message => Authorize(message, header));

        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(allowed ? "0" : "16", (allowed ? response.TrailingHeaders : response.Headers).GetValues("grpc-status").Single());
        Assert.Equal(allowed ? 1 : 0, receiver.Pipeline.Requests.Count);
    }

    [Fact]
    public async Task Health_is_told_to_everybody()
    {
        await using var receiver = await StartAsync(Tokens("first"));

        var response = await receiver.CallAsync("/grpc.health.v1.Health/Check", SampleTelemetry.Frame(new HealthCheckRequest().ToByteArray()));

        var answer = HealthCheckResponse.Parser.ParseFrom((await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).AsSpan(5));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }

    [Fact]
    public async Task Header_and_scheme_may_be_others()
    {
        var configuration = new BearerTokenConfiguration("bearertokenauth", null, new ValueList<Secret>([new Secret("first")]), "X-Api-Key", string.Empty);
        await using var receiver = await StartAsync(configuration);

        var with = await receiver.PostAsync("/v1/traces", [], change: message => message.Headers.Add("X-Api-Key", "first"));
        var without = await PostAsync(receiver, "Bearer first");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (with.StatusCode, without.StatusCode));
    }

    [Fact]
    public async Task Tokens_of_a_file_change_with_it_and_broken_content_changes_nothing()
    {
        await WriteAsync("old\n");
        await using var receiver = await StartAsync(new BearerTokenConfiguration("bearertokenauth", CredentialsFile, ValueList<Secret>.Empty, "Authorization", "Bearer"));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(receiver, "Bearer old")).StatusCode);

        await WriteAsync("new\n  newer  \n");
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(receiver, "Bearer old")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(receiver, "Bearer newer")).StatusCode);

        await WriteAsync("\n");
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(receiver, "Bearer new")).StatusCode);
        Assert.Equal((2, 2), (receiver.Receiver.Renewals.Taken, receiver.Receiver.Renewals.Failed));
    }

    [Theory]
    [InlineData("bcrypt", "käse", true)]
    [InlineData("bcrypt", "kase", false)]
    [InlineData("sha", "secret", true)]
    [InlineData("sha", "Secret", false)]
    [InlineData("plain", "a:b", true)]
    [InlineData("plain", "a", false)]
    [InlineData("nobody", "secret", false)]
    public async Task User_and_password_of_htpasswd_let_a_request_in(string user, string password, bool allowed)
    {
        await WriteAsync($"# users\nbcrypt:{BCrypt.Net.BCrypt.HashPassword("käse", 4)}\n\nsha:{{SHA}}5en6G6MezRroT3XKqkdPOmY/BfQ=\n");
        await using var receiver = await StartAsync(new BasicAuthConfiguration("basicauth", CredentialsFile, new Secret("plain:a:b")));

        for (var round = 0; round < 2; round++)
        {
            var response = await PostAsync(receiver, $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}");
            Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic dXNlcg==")]
    [InlineData("Bearer dXNlcjpwYXNz")]
    public async Task What_is_no_user_and_password_is_refused(string header)
    {
        await using var receiver = await StartAsync(new BasicAuthConfiguration("basicauth", null, new Secret("user:pass")));

        await AssertHttpAsync(receiver, await PostAsync(receiver, header), allowed: false, "Basic");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(receiver, "Basic dXNlcjpwYXNz")).StatusCode);
    }

    [Fact]
    public async Task A_password_that_was_right_is_not_once_the_file_says_so()
    {
        await WriteAsync($"user:{BCrypt.Net.BCrypt.HashPassword("pass", 4)}");
        await using var receiver = await StartAsync(new BasicAuthConfiguration("basicauth", CredentialsFile, null));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(receiver, "Basic dXNlcjpwYXNz")).StatusCode);

        await WriteAsync($"user:{BCrypt.Net.BCrypt.HashPassword("other", 4)}");
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(receiver, "Basic dXNlcjpwYXNz")).StatusCode);
    }

    private static BearerTokenConfiguration Tokens(params string[] tokens) =>
        new("bearertokenauth", null, new ValueList<Secret>(tokens.Select(token => new Secret(token))), "Authorization", "Bearer");

    private static void Authorize(HttpRequestMessage message, string? header)
    {
        if (header is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", header);
        }
    }

    private static Task<HttpResponseMessage> PostAsync(RunningReceiver receiver, string? header) =>
        receiver.PostAsync("/v1/traces", SampleTelemetry.Traces(), change: message => Authorize(message, header));

    private static async Task AssertHttpAsync(RunningReceiver receiver, HttpResponseMessage response, bool allowed, string scheme)
    {
        if (allowed)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Single(receiver.Pipeline.Requests);
            return;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(scheme, response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(16, Status.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Code);
        Assert.Empty(receiver.Pipeline.Requests);
        Assert.Equal(1, receiver.Receiver.Refusals[RefusalReason.Unauthenticated]);
    }

    private Task WriteAsync(string text) => File.WriteAllTextAsync(CredentialsFile, text, TestContext.Current.CancellationToken);

    private Task<RunningReceiver> StartAsync(AuthenticatorConfiguration authenticator) => RunningReceiver.StartAsync(
        options: new ReceiverOptions { TimeProvider = _clock }, configure: protocol => protocol with { Authenticator = authenticator });
}
