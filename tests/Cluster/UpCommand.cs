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
        var command = new Command("up", "Starts a control plane and keeps it up until Ctrl-C") { noControllerManager, images };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            });
            await RunAsync(
                new ControlPlaneOptions { ControllerManager = !parsed.GetValue(noControllerManager) },
                (parsed.GetValue(images) ?? []).Select(image => image.Split('=', 2)).ToDictionary(image => image[0], image => image[1]),
                stop.Token);
        });
        return command;
    }

    private static async Task RunAsync(ControlPlaneOptions options, Dictionary<string, string> images, CancellationToken cancellationToken)
    {
        await using var controlPlane = await ControlPlane.StartAsync(options, cancellationToken);
        await using var node = images.Count == 0
            ? null
            : await LocalKubelet.StartAsync(controlPlane, new LocalKubeletOptions { Images = images }, cancellationToken);
        Console.WriteLine($"""
            export KUBECONFIG={controlPlane.KubeconfigPath}
            # kubectl: {controlPlane.KubectlPath}
            # helm:    {controlPlane.HelmPath}
            # Ctrl-C ends the control plane.
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
