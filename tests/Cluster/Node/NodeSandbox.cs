using System.Globalization;
using System.Net;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster;

/// <summary>
/// Where a <see cref="RealNode"/> lives: process, mount, network and host name namespaces of its own, linked to this machine by a pair of interfaces. What a node does to a
/// machine (mounts, firewall rules, bridges, routes, containers) happens in there and ends with the first process, which the kernel kills when this process dies, however that
/// happens. What the namespaces do not hold, control groups and a folder, is named by this process, and deleted by the next one when this one could not.
/// </summary>
public sealed class NodeSandbox : IAsyncDisposable
{
    private const int Networks = 16;

    // The first process collects those that lost their parent, every time a sleep ends. A kubelet sets some of the kernel's switches that are the whole machine's: it finds the
    // values that it wants in their place.
    private const string FirstProcess = """
        folder=$1
        mount --make-rshared /
        mount -t tmpfs -o mode=755 tmpfs /run
        mkdir /run/lock
        mount --bind "$folder/log" /var/log
        mount --bind "$folder/lib" /var/lib
        while read -r name value; do
            [ -e "/proc/sys/$name" ] || continue
            echo "$value" >"$folder/switches/${name##*/}"
            mount --bind "$folder/switches/${name##*/}" "/proc/sys/$name"
        done <<SWITCHES
        vm/overcommit_memory 1
        vm/panic_on_oom 0
        kernel/panic 10
        kernel/panic_on_oops 1
        kernel/keys/root_maxkeys 1000000
        kernel/keys/root_maxbytes 25000000
        SWITCHES
        echo 1 >/proc/sys/net/ipv4/ip_forward
        touch "$folder/ready"
        while :; do sleep 0.5; done
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClusterFolder _folder = new();
    private LocalProcess? _holder;
    private int _network = -1;

    private NodeSandbox()
    {
    }

    /// <summary>This machine's address in the network between it and the node: what pods reach it by.</summary>
    public IPAddress HostAddress => IPAddress.Parse(Invariant($"10.99.{_network}.1"));

    /// <summary>The node's address.</summary>
    public IPAddress NodeAddress => IPAddress.Parse(Invariant($"10.99.{_network}.2"));

    /// <summary>The network of the pods, which this machine reaches through the node.</summary>
    internal string PodNetwork => Invariant($"10.244.{_network}.0/24");

    /// <summary>This machine's end of the pair of interfaces.</summary>
    internal string Interface => Invariant($"sotelnode{_network}");

    /// <summary>The control group that the pods' are in.</summary>
    internal ControlGroup ControlGroup { get; } = ControlGroup.OfThisProcess();

    /// <summary>A path in the node's folder.</summary>
    internal string this[string name] => _folder[name];

    private int FirstProcessId { get; set; }

    /// <summary>Makes the namespaces and the network.</summary>
    public static async Task<NodeSandbox> StartAsync(CancellationToken cancellationToken)
    {
        var sandbox = new NodeSandbox();
        try
        {
            await sandbox.StartNamespacesAsync(cancellationToken);
            await sandbox.LinkAsync(cancellationToken);
            sandbox.ControlGroup.Create();
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts a program in there. What enters the namespaces waits for the program outside of them: it must not go before the program does, and so ignores the signals that
    /// are meant for the program, which has handlers of its own.
    /// </summary>
    internal LocalProcess Start(string name, string program, params IEnumerable<string> arguments) =>
        LocalProcess.Start("/bin/sh", ["-c", """trap '' HUP TERM; exec "$@" """, "sh", "/usr/bin/nsenter", .. Entering, program, .. arguments], _folder[name + ".log"]);

    /// <summary>Runs a program in there to its end.</summary>
    internal async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string[] list = [.. arguments];
        var result = await CommandResult.RunAsync("/usr/bin/nsenter", [.. Entering, program, .. list], cancellationToken: cancellationToken);
        return result.Succeeded($"{program} {string.Join(' ', list)}");
    }

    /// <summary>Ends everything in there and removes what was made.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_network >= 0)
        {
            await CommandResult.RunAsync(NodeRequirements.Ip, ["link", "delete", Interface]);
        }

        if (_holder is not null)
        {
            await _holder.DisposeAsync();
            await GoneAsync(FirstProcessId);
        }

        await ControlGroup.DeleteAsync(Patience);
        _folder.Dispose();
    }

    private string[] Entering => ["--target", Invariant($"{FirstProcessId}"), "--mount", "--net", "--pid", "--uts", "--"];

    private async Task StartNamespacesAsync(CancellationToken cancellationToken)
    {
        foreach (var name in (string[])["log", "lib", "switches"])
        {
            Directory.CreateDirectory(_folder[name]);
        }

        _holder = LocalProcess.Start(
            "/usr/bin/unshare",
            ["--mount", "--net", "--pid", "--uts", "--fork", "--kill-child=SIGKILL", "--mount-proc", "--propagation", "private", "/bin/sh", "-ec", FirstProcess, "sh", _folder.Path],
            _folder["sandbox.log"]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        while (!File.Exists(_folder["ready"]))
        {
            if (_holder.HasExited || limit.IsCancellationRequested)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new ClusterStartException("unshare", "could not make the node's namespaces", _holder.LogTail());
            }

            await Task.Delay(20, cancellationToken);
        }

        FirstProcessId = int.Parse(await File.ReadAllTextAsync(Invariant($"/proc/{_holder.Id}/task/{_holder.Id}/children"), cancellationToken), CultureInfo.InvariantCulture);
    }

    private async Task LinkAsync(CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        for (var network = 0; network < Networks; network++)
        {
            var name = Invariant($"sotelnode{network}");
            var link = await CommandResult.RunAsync(
                NodeRequirements.Ip, ["link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", Invariant($"{FirstProcessId}")], cancellationToken: cancellationToken);
            if (link.ExitCode == 0)
            {
                _network = network;
                await IpAsync(["address", "add", $"{HostAddress}/24", "dev", Interface], cancellationToken);
                await IpAsync(["link", "set", Interface, "up"], cancellationToken);
                await RunAsync(NodeRequirements.Ip, ["link", "set", "lo", "up"], cancellationToken);
                await RunAsync(NodeRequirements.Ip, ["address", "add", $"{NodeAddress}/24", "dev", "eth0"], cancellationToken);
                await RunAsync(NodeRequirements.Ip, ["link", "set", "eth0", "up"], cancellationToken);
                await IpAsync(["route", "add", PodNetwork, "via", $"{NodeAddress}"], cancellationToken);
                return;
            }

            // Another node of ours may have the name: the next one.
            failures.Add(link.Error.Trim());
        }

        throw new InvalidOperationException($"No network could be made for the node: {string.Join("; ", failures.Distinct())}");
    }

    private static async Task IpAsync(string[] arguments, CancellationToken cancellationToken) =>
        (await CommandResult.RunAsync(NodeRequirements.Ip, arguments, cancellationToken: cancellationToken)).Succeeded("ip " + string.Join(' ', arguments));

    // Its death is that of every process in its namespace.
    private static async Task GoneAsync(int process)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (process != 0 && Directory.Exists(Invariant($"/proc/{process}")) && !limit.IsCancellationRequested)
        {
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
