using System.CommandLine;
using System.Runtime.InteropServices;

namespace SentryOtel.Cluster;

/// <summary><c>test-cluster up</c>: a control plane, and a node when images are named, until Ctrl-C.</summary>
internal static class UpCommand
{
    internal static Command Create()
    {
        var noControllerManager = new Option<bool>("--no-controller-manager") { Description = "Start etcd and kube-apiserver only" };
        var images = new Option<string[]>("--image")
        {
            Description = "REPOSITORY=PROGRAM: run pods with this image as local processes; may be repeated",
        };
        images.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => !token.Value.Contains('=', StringComparison.Ordinal)) is { } wrong)
            {
                result.AddError($"--image {wrong.Value}: write REPOSITORY=PROGRAM");
            }
        });
        var archives = new Option<FileInfo[]>("--archive")
        {
            Description = "Start a real node (containerd, kubelet; root only) that has the images of this OCI archive; may be repeated",
        };
        archives.AcceptExistingOnly();
        var pause = new Option<string?>("--pause-image") { Description = "With --archive: the name of the image among them that holds a pod's namespaces" };
        var command = new Command("up", "Starts a control plane and keeps it up until Ctrl-C") { noControllerManager, images, archives, pause };
        command.Validators.Add(result =>
        {
            var hasArchives = result.GetResult(archives) is { Implicit: false };
            if (hasArchives != result.GetResult(pause) is { Implicit: false })
            {
                result.AddError("--archive and --pause-image go together");
            }
            else if (hasArchives && result.GetResult(images) is { Implicit: false })
            {
                result.AddError("--archive starts a real node, --image one that runs pods as local processes: choose one");
            }
            else if (hasArchives && NodeRequirements.Missing() is { Count: > 0 } missing)
            {
                result.AddError("A real node can not run here: " + string.Join("; ", missing));
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            });
            var options = new ControlPlaneOptions { ControllerManager = !parsed.GetValue(noControllerManager) };
            if (parsed.GetValue(pause) is { } pauseImage)
            {
                await RunNodeAsync(options, new RealNodeOptions { Images = [.. parsed.GetValue(archives)!.Select(static file => file.FullName)], PauseImage = pauseImage }, stop.Token);
                return;
            }

            await RunAsync(options, (parsed.GetValue(images) ?? []).Select(image => image.Split('=', 2)).ToDictionary(image => image[0], image => image[1]), stop.Token);
        });
        return command;
    }

    private static async Task RunAsync(ControlPlaneOptions options, Dictionary<string, string> images, CancellationToken cancellationToken)
    {
        await using var controlPlane = await ControlPlane.StartAsync(options, cancellationToken);
        await using var node = images.Count == 0
            ? null
            : await LocalKubelet.StartAsync(controlPlane, new LocalKubeletOptions { Images = images }, cancellationToken);
        await WaitAsync(controlPlane, "Ctrl-C ends the control plane.", cancellationToken);
    }

    private static async Task RunNodeAsync(ControlPlaneOptions options, RealNodeOptions node, CancellationToken cancellationToken)
    {
        await using var sandbox = await NodeSandbox.StartAsync(cancellationToken);
        await using var controlPlane = await ControlPlane.StartAsync(options with { Address = sandbox.HostAddress }, cancellationToken);
        await using var running = await RealNode.StartAsync(controlPlane, sandbox, node, cancellationToken);
        await NodeVolumes.CreateAsync(controlPlane, running, cancellationToken);
        await WaitAsync(controlPlane, $"Pods reach this machine at {sandbox.HostAddress}. Ctrl-C ends the cluster.", cancellationToken);
    }

    private static async Task WaitAsync(ControlPlane controlPlane, string ending, CancellationToken cancellationToken)
    {
        var folders = ((string[])[controlPlane.KubectlPath, controlPlane.HelmPath]).Select(Path.GetDirectoryName).Distinct();
        Console.WriteLine($"""

            The cluster is ready. In another terminal:

            export KUBECONFIG={controlPlane.KubeconfigPath}
            export PATH={string.Join(':', folders)}:$PATH
            # {ending}
            """);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The way this command ends.
        }
    }
}
