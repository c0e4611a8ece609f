/* Sorts the numbers on stdin (how many, then each) with the student's function, and prints them. */
#include <stdio.h>
#include <stdlib.h>

void sort(int *array, int length);

int main(void) {
  int length;
  if (scanf("%d", &length) != 1 || length < 0) return 2;
  int *array = malloc(sizeof(int) * (size_t)(length > 0 ? length : 1));
  if (array == NULL) return 2;
  for (int i = 0; i < length; i++)
    if (scanf("%d", &array[i]) != 1) return 2;
  sort(array, length);
  for (int i = 0; i < length; i++) printf("%d\n", array[i]);
  free(array);
  return 0;
}
