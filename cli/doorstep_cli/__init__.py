"""The command line of Doorstep. It knows a deployment by its address alone, and speaks HTTP."""
