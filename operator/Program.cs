using SentryOtel.Operator.Checking;
using SentryOtel.Operator.Hosting;

return await new OperatorCommand(OperatorProgram.RunAsync, CheckProgram.RunAsync).InvokeAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
