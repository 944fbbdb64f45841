using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Page;

/// <summary>A headless Chromium with one tab, steered over the DevTools protocol. It can reach this machine alone.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LocalProcess _process;
    private readonly string _folder;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _calls = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private Task _reader = Task.CompletedTask;
    private int _lastCall;

    private Chromium(LocalProcess process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>Address of every request that the tab made.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>What went to the console as an error, uncaught exceptions included.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public static async Task<Chromium> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("chromium-").FullName;
        var process = LocalProcess.Start(
            Program(),
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars", "--disable-extensions",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-default-browser-check",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--no-proxy-server",
                "--remote-debugging-port=0", $"--user-data-dir={folder}", "about:blank",
            ],
            Path.Combine(folder, "chromium.log"));
        var chromium = new Chromium(process, folder);
        try
        {
            await chromium.ConnectAsync(cancellationToken);
            return chromium;
        }
        catch
        {
            await chromium.DisposeAsync();
            throw;
        }
    }

    public Task OpenAsync(Uri address) => CallAsync("Page.navigate", new JsonObject { ["url"] = address.AbsoluteUri });

    /// <summary>The value of an expression in the tab; promises are awaited.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        var result = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(result["exceptionDetails"] is null, $"{expression}: {result["exceptionDetails"]?.ToJsonString()}");
        return result["result"]!["value"]!.GetValue<T>();
    }

    /// <summary>Waits until an expression is true in the tab.</summary>
    public Task UntilAsync(string expression, CancellationToken cancellationToken) =>
        Eventually.HoldsAsync(() => EvaluateAsync<bool>(expression), Patience, expression, cancellationToken);

    /// <summary>Types as a person does, into whatever has the focus.</summary>
    public async Task TypeAsync(string text)
    {
        foreach (var character in text)
        {
            await CallAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyDown", ["text"] = character.ToString(), ["key"] = character.ToString() });
            await CallAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = character.ToString() });
        }
    }

    public async Task ResizeAsync(int width, int height, bool dark, bool mobile)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = mobile });
        var scheme = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" };
        await CallAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(scheme) });
    }

    /// <summary>A picture of the whole page.</summary>
    public async Task CaptureAsync(string path)
    {
        var result = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true });
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(result["data"]!.GetValue<string>()));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Abort();
        await _reader;
        _socket.Dispose();
        await _process.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Program() =>
        Array.Find(["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"], File.Exists)
        ?? throw new FileNotFoundException("No Chromium: run build/install-prerequisites.");

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var portFile = Path.Combine(_folder, "DevToolsActivePort");
        var port = await Eventually.GetAsync(
            async () => File.Exists(portFile) && (await File.ReadAllLinesAsync(portFile, cancellationToken)) is [var line, ..] ? line : null,
            Patience, $"the debugging port of Chromium ({_process.LogPath})", cancellationToken);
        using var client = new HttpClient();
        var address = await Eventually.GetAsync(
            async () => JsonNode.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list"), cancellationToken))!.AsArray()
                .FirstOrDefault(target => target!["type"]!.GetValue<string>() == "page")?["webSocketDebuggerUrl"]?.GetValue<string>(),
            Patience, "a tab", cancellationToken);
        await _socket.ConnectAsync(new Uri(address), cancellationToken);
        _reader = ReadAsync();
        foreach (var domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await CallAsync($"{domain}.enable", []);
        }
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _lastCall);
        var answer = _calls[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _stop.Token);
        var message = await answer.Task.WaitAsync(Patience, TimeProvider.System, _stop.Token);
        Assert.True(message["error"] is null, $"{method}: {message["error"]?.ToJsonString()}");
        return message["result"]!;
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var part = await _socket.ReceiveAsync(buffer, _stop.Token);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            foreach (var call in _calls.Values)
            {
                call.TrySetException(new IOException("Chromium is gone.", exception));
            }
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id)
        {
            if (_calls.TryRemove(id, out var call))
            {
                call.TrySetResult(message);
            }

            return;
        }

        var parameters = message["params"];
        switch (message["method"]?.GetValue<string>())
        {
            case "Network.requestWillBeSent":
                _requests.Enqueue(parameters!["request"]!["url"]!.GetValue<string>());
                break;
            case "Runtime.exceptionThrown":
                _errors.Enqueue(parameters!["exceptionDetails"]!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when parameters!["type"]!.GetValue<string>() is "error" or "warning":
                _errors.Enqueue(parameters["args"]!.ToJsonString());
                break;
            case "Log.entryAdded" when parameters!["entry"]!["level"]!.GetValue<string>() is "error" or "warning":
                _errors.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{parameters["entry"]!["text"]}"));
                break;
        }
    }
}
