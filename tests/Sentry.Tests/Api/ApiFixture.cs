using SentryOtel.Sentry.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Api;

/// <summary>A stand-in Sentry over real HTTP and a client for it.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    public const string Token = "sntryi_0123456789abcdef";
    public const string CreatePath = "/api/0/teams/*/*/projects/";

    private readonly SocketsHttpHandler _handler = new SentryHttpOptions().CreateHandler();
    private readonly SentryApiBudget _budget = new(TimeProvider.System, new Random(1));

    private ApiFixture(SentryServerHost server) => Server = server;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public SentryServerHost Server { get; }

    public SentryState State => Server.State;

    public SentryApiClient Client { get; private set; } = null!;

    public static async Task<ApiFixture> StartAsync(SentryServerOptions? options = null, string token = Token, TimeSpan? timeout = null, int retries = 3)
    {
        var server = await SentryServerHost.StartAsync((options ?? new SentryServerOptions()) with { Tokens = [new AccessToken(Token)] }, Cancellation);
        var fixture = new ApiFixture(server);
        fixture.Client = fixture.NewClient(token, timeout, retries);
        return fixture;
    }

    public SentryApiClient NewClient(string token = Token, TimeSpan? timeout = null, int retries = 3) => new(
        new SentryApiOptions
        {
            Url = Server.ManagementUrl,
            Organization = "acme",
            Token = new SentryToken(token),
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
            MaxRetries = retries,
            RetryDelay = TimeSpan.FromMilliseconds(5),
        },
        _handler,
        _budget,
        TimeProvider.System,
        new Random(2));

    public ArmedFault Fail(string path, int status, string body = "", string? method = null, int? count = 1, bool execute = false) => Server.Faults.Enqueue(new Fault
    {
        Path = path,
        Method = method,
        Count = count,
        Execute = execute,
        Answer = new FaultAnswer { Status = status, Body = body },
    });

    public int Calls(string method, string pathContains) =>
        State.Requests.All(ServerSide.Management, pathContains).Count(entry => entry.Method == method);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _handler.Dispose();
        _budget.Dispose();
        await Server.DisposeAsync();
    }
}
