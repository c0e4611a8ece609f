def divide(a, b):
@    @divide@@
