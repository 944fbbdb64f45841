using System.CommandLine;
using System.Runtime.InteropServices;
using SentryOtel.Cluster;

var noControllerManager = new Option<bool>("--no-controller-manager") { Description = "Start etcd and kube-apiserver only" };
var up = new Command("up", "Starts a control plane and keeps it up until Ctrl-C") { noControllerManager };
up.SetAction(async (parsed, cancellationToken) =>
{
    using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        stop.Cancel();
    });
    await using var controlPlane = await ControlPlane.StartAsync(
        new ControlPlaneOptions { ControllerManager = !parsed.GetValue(noControllerManager) }, stop.Token);
    Console.WriteLine($"""
        export KUBECONFIG={controlPlane.KubeconfigPath}
        # kubectl: {controlPlane.KubectlPath}
        # helm:    {controlPlane.HelmPath}
        # Ctrl-C ends the control plane.
        """);
    try
    {
        await Task.Delay(Timeout.Infinite, stop.Token);
    }
    catch (OperationCanceledException)
    {
        // The way this command ends.
    }
});
return await new RootCommand("A Kubernetes control plane for tests, on this machine's loopback address") { up }
    .Parse(args)
    .InvokeAsync();
